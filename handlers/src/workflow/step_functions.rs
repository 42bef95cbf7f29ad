//! AWS Step Functions behind the ports.

use async_trait::async_trait;
use aws_sdk_sfn::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{send_task_success::SendTaskSuccessError, start_execution::StartExecutionError},
};
use definitions::contract::{CallOutcome, CallbackToken};
use serde_json::Value;

use super::{Callbacks, Executions, Sent, Started, WorkflowError};
use crate::observe::Failure;

/// AWS Step Functions.
#[derive(Debug, Clone)]
pub struct StepFunctions {
    client: Client,
}

impl StepFunctions {
    /// Step Functions, reached by this client.
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Callbacks for StepFunctions {
    async fn send_task_success(
        &self,
        token: &CallbackToken,
        outcome: &CallOutcome,
    ) -> Result<Sent, WorkflowError> {
        let output = serde_json::to_string(outcome).expect("an outcome is always JSON");
        let request = self.client.send_task_success().task_token(token.reveal()).output(output);
        match request.send().await {
            Ok(_) => Ok(Sent::Delivered),
            Err(error) => send_error(&error),
        }
    }
}

fn send_error<R>(error: &SdkError<SendTaskSuccessError, R>) -> Result<Sent, WorkflowError> {
    use SendTaskSuccessError as Send;
    match error.as_service_error() {
        Some(Send::TaskTimedOut(_) | Send::TaskDoesNotExist(_)) => Ok(Sent::Closed),
        Some(Send::InvalidToken(_)) => Err(WorkflowError::InvalidToken),
        Some(Send::InvalidOutput(_)) => Err(WorkflowError::Refused("InvalidOutput".to_owned())),
        _ => Err(WorkflowError::Unavailable(cause(error))),
    }
}

#[async_trait]
impl Executions for StepFunctions {
    async fn start_execution(
        &self,
        machine_arn: &str,
        name: Option<&str>,
        input: &Value,
    ) -> Result<Started, WorkflowError> {
        let request = self
            .client
            .start_execution()
            .state_machine_arn(machine_arn)
            .set_name(name.map(str::to_owned))
            .input(input.to_string());
        match request.send().await {
            Ok(started) => Ok(Started::Running(started.execution_arn)),
            Err(error) => start_error(&error),
        }
    }
}

fn start_error<R>(error: &SdkError<StartExecutionError, R>) -> Result<Started, WorkflowError> {
    use StartExecutionError as Start;
    match error.as_service_error() {
        Some(Start::ExecutionAlreadyExists(_)) => Ok(Started::AlreadyExists),
        Some(
            refusal @ (Start::InvalidArn(_)
            | Start::InvalidExecutionInput(_)
            | Start::InvalidName(_)
            | Start::StateMachineDoesNotExist(_)
            | Start::StateMachineDeleting(_)
            | Start::ValidationException(_)),
        ) => Err(WorkflowError::Refused(refusal.code().unwrap_or("a refusal").to_owned())),
        _ => Err(WorkflowError::Unavailable(cause(error))),
    }
}

/// Messages may repeat the token or the input, so only codes are kept.
fn cause<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> String {
    Failure::code(error).to_string()
}

#[cfg(test)]
mod tests {
    use aws_sdk_sfn::types::error::{InvalidToken, TaskDoesNotExist, TaskTimedOut};

    use super::*;

    #[test]
    fn a_step_that_waits_no_more_is_no_error() {
        let check = |refusal, expected| {
            assert_eq!(send_error(&SdkError::service_error(refusal, ())), expected);
        };
        use SendTaskSuccessError as Send;
        check(Send::TaskTimedOut(TaskTimedOut::builder().build()), Ok(Sent::Closed));
        check(Send::TaskDoesNotExist(TaskDoesNotExist::builder().build()), Ok(Sent::Closed));
        check(
            Send::InvalidToken(InvalidToken::builder().message("AAAA is wrong").build()),
            Err(WorkflowError::InvalidToken),
        );
    }
}
