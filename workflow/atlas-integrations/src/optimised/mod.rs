//! The optimised integrations: what Step Functions does for a service beyond calling its API.

pub(crate) mod dynamodb;

pub(crate) mod sqs;

pub(crate) mod sns;

pub(crate) mod events;

pub(crate) mod lambda;

mod exchange;
