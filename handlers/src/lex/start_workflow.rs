//! Step Functions' StartExecution of the Express machine.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sfn::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    error::{ProvideErrorMetadata, SdkError},
};
use definitions::contract::Intake;

use crate::lex_fulfillment::{Workflow, WorkflowUnavailable};

/// The machine `AtlasEngineWorkflow`.
#[derive(Debug, Clone)]
pub struct StepFunctionsWorkflow {
    client: Client,
    machine_arn: String,
}

impl StepFunctionsWorkflow {
    /// A client of its own, with short timeouts: a visitor waits.
    pub fn new(shared: &SdkConfig, machine_arn: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(500))
            .operation_attempt_timeout(Duration::from_secs(1))
            .operation_timeout(Duration::from_secs(2))
            .build();
        let config = aws_sdk_sfn::config::Builder::from(shared)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(2))
            .build();
        Self { client: Client::from_conf(config), machine_arn: machine_arn.into() }
    }
}

#[async_trait]
impl Workflow for StepFunctionsWorkflow {
    async fn start(&self, intake: &Intake) -> Result<(), WorkflowUnavailable> {
        let input = serde_json::to_string(intake).expect("an intake is JSON");
        let started = self
            .client
            .start_execution()
            .state_machine_arn(&self.machine_arn)
            .name(intake.interaction_key.as_str())
            .input(input)
            .send()
            .await;
        match started {
            Ok(_) => Ok(()),
            // An engine that holds names of Express executions apart: it runs already.
            Err(SdkError::ServiceError(service)) if service.err().is_execution_already_exists() => {
                Ok(())
            }
            Err(error) => Err(WorkflowUnavailable(match &error {
                SdkError::TimeoutError(_) => "the call timed out".to_owned(),
                SdkError::DispatchFailure(_) => "no connection".to_owned(),
                // The SDK's list of failures is open.
                _ => error.code().unwrap_or("no usable response").to_owned(),
            })),
        }
    }
}
