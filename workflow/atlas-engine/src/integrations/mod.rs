//! The tasks that the engine performs itself, without a call.

pub(crate) mod mocked;

pub(crate) mod start_execution;

pub(crate) mod service_answer;
