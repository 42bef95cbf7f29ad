//! What is asked of AWS: one small client for all of its services.
//!
//! Nine services are asked a question or two each, in three forms. Their SDKs would be three more large crates
//! to compile (STS, Service Quotas, EventBridge), and none of them shows the date of an answer, by which the
//! clock is judged. Requests are signed by AWS's own crate.

mod api;
mod error;
mod service;
mod signature;

pub(crate) use self::{
    api::Api,
    error::{AwsError, element},
    service::{
        BEDROCK, CONNECT, DYNAMODB, EVENTBRIDGE, SECRETS_MANAGER, SERVICE_QUOTAS, SQS,
        STEP_FUNCTIONS, STS, Service,
    },
};
