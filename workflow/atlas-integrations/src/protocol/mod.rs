//! How requests are written and refusals read, by protocol.

pub(crate) mod aws_json;

pub(crate) mod query;

pub(crate) mod members;
