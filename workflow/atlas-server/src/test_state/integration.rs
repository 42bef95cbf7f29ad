//! Which operation of which service answers a Task: its model is what a mocked result is held to.

use atlas_asl::resource::{Pattern, Resource};

use super::response_models::{self, ResponseModel};

/// The model of the answer, where the service publishes one.
///
/// None for what ends otherwise than with the answer of a call (recorded:
/// test_state_wait_task_context_object takes any result of `.waitForTaskToken`), and for API Gateway and
/// HTTP tasks, whose answer is whatever the endpoint gives.
pub(super) fn response_model(resource: &Resource) -> Option<ResponseModel> {
    let (service, action) = match resource {
        Resource::AwsSdk { service, action, pattern: Pattern::RequestResponse } => {
            (service.as_str(), action.as_str())
        }
        Resource::Integration { service, action, pattern: Pattern::RequestResponse } => {
            (optimised(service, action)?, action.as_str())
        }
        // The end of a nested execution is its description.
        Resource::Integration { service, action, pattern: Pattern::Sync | Pattern::Sync2 }
            if service == "states" && action == "startExecution" =>
        {
            ("sfn", "describeExecution")
        }
        Resource::Integration { .. }
        | Resource::AwsSdk { .. }
        | Resource::Function { .. }
        | Resource::Activity { .. } => return None,
    };
    let mut letters = action.chars();
    let operation: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    response_models::find(service, &operation)
}

/// The SDK's name of a service that has an integration of its own.
fn optimised<'a>(service: &'a str, action: &str) -> Option<&'a str> {
    Some(match service {
        "apigateway" | "http" | "eks" => return None,
        "states" => "sfn",
        "events" => "eventbridge",
        "elasticmapreduce" => "emr",
        "emr-containers" => "emrcontainers",
        "emr-serverless" => "emrserverless",
        "bedrock" if action == "invokeModel" => "bedrockruntime",
        other => other,
    })
}
