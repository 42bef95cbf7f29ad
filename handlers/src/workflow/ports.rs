//! The ports: what the handlers ask of Step Functions.

use async_trait::async_trait;
use definitions::contract::{CallOutcome, CallbackToken};
use serde_json::Value;

/// What became of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The step took it.
    Delivered,
    /// The step does not wait any more: `TaskTimedOut` or `TaskDoesNotExist`, which a second
    /// callback gets too.
    Closed,
}

/// What became of a start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// The execution runs; its ARN.
    Running(String),
    /// The name was used before.
    AlreadyExists,
}

/// Why Step Functions did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkflowError {
    /// The token is no token: somebody has to look.
    #[error("the task token is not one of Step Functions")]
    InvalidToken,
    /// The request is wrong and stays wrong.
    #[error("Step Functions refuses the request: {0}")]
    Refused(String),
    /// It may do it later.
    #[error("Step Functions did not answer: {0}")]
    Unavailable(String),
}

/// Ends steps that wait.
#[async_trait]
pub trait Callbacks: Send + Sync {
    /// Gives the step its result.
    async fn send_task_success(
        &self,
        token: &CallbackToken,
        outcome: &CallOutcome,
    ) -> Result<Sent, WorkflowError>;
}

/// Starts executions.
#[async_trait]
pub trait Executions: Send + Sync {
    /// Starts a machine; with a name, a STANDARD machine runs once.
    async fn start_execution(
        &self,
        machine_arn: &str,
        name: Option<&str>,
        input: &Value,
    ) -> Result<Started, WorkflowError>;
}
