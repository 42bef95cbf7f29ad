//! Step Functions' StartExecution of the Express machine.

use async_trait::async_trait;
use aws_sdk_sfn::{Client, error::SdkError};
use definitions::contract::Intake;

use crate::{
    lex_fulfillment::{Workflow, WorkflowUnavailable},
    observe::Failure,
};

/// The machine `AtlasEngineWorkflow`.
#[derive(Debug, Clone)]
pub struct StepFunctionsWorkflow {
    client: Client,
    machine_arn: String,
}

impl StepFunctionsWorkflow {
    /// The machine of this ARN.
    pub fn new(client: Client, machine_arn: impl Into<String>) -> Self {
        Self { client, machine_arn: machine_arn.into() }
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
            Err(error) => Err(WorkflowUnavailable(Failure::code(&error).to_string())),
        }
    }
}
