//! The parameters that an integration cannot do without, and those that it cannot be started with.
//!
//! Only parameters written as an object are judged: what an expression gives is known when it runs.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::endpoint_task::{self, Written};
use crate::model::QueryLanguage;
use crate::resource::Resource;
use crate::suggest::suggest;
use crate::validate::context::Context;
use crate::validate::integrations;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let Some(resource @ Resource::Integration { service, action, .. }) = &step.resource else {
            continue;
        };
        let (field, value) = match (&task.parameters, &task.arguments) {
            (Some(parameters), _) => ("Parameters", parameters),
            (None, Some(arguments)) => ("Arguments", arguments),
            (None, None) => continue,
        };
        let Value::Object(given) = value else { continue };
        let written = match step.language {
            QueryLanguage::JsonPath => Written::JsonPath,
            QueryLanguage::Jsonata => Written::Jsonata,
        };
        for fault in endpoint_task::faults(resource, value, written) {
            let pointer = format!("{}/{field}{}", step.pointer, fault.pointer);
            out.push(
                Diagnostic::error(Code::SchemaValidationFailed, pointer, fault.message)
                    .hint(format!("see the parameters of `{service}:{action}`")),
            );
        }
        let known = integrations::actions_of(service).find(|known| known.action == action);
        let keys = || given.keys().map(|key| key.strip_suffix(".$").unwrap_or(key));
        for required in known.map_or(&[][..], |known| known.required) {
            if keys().any(|key| key == *required) {
                continue;
            }
            let found = Diagnostic::error(
                Code::SchemaValidationFailed,
                format!("{}/{field}", step.pointer),
                format!("The field '{required}' is required but was missing"),
            );
            let near = suggest(required, keys());
            out.push(match near {
                Some(near) => found.hint(format!("did you mean `{required}` where it says `{near}`?")),
                None => found.hint(format!("`{service}:{action}` needs `{required}`")),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_task_that_calls_an_endpoint_is_given_what_it_can_be_started_with() {
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:states:::http:invoke",
               "Parameters": {"ApiEndpoint.$": "$.url", "Method": "GET", "Headers": {"Host": "h"},
                              "InvocationConfig": {}}"#,
            Code::SchemaValidationFailed,
            &[
                ("/States/A/Parameters/InvocationConfig", "'ConnectionArn' is required"),
                ("/States/A/Parameters/Headers", "unsupported values: [host]"),
            ],
        );
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:states:::apigateway:invoke",
               "Parameters": {"ApiEndpoint": "a.execute-api.us-east-1.amazonaws.com", "Method": "GET",
                              "Timeout": 1}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Parameters/Timeout", "'Timeout' is not supported by Step Functions")],
        );
    }

    #[test]
    fn an_integration_has_what_it_needs() {
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
               "Parameters": {"Functionname": "f", "Payload.$": "$"}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Parameters", "'FunctionName' is required but was missing; did you mean")],
        );
        check_state(
            r#""Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
               "Parameters": {"StateMachineArn.$": "$.arn"}"#,
            Code::SchemaValidationFailed,
            &[],
        );
    }
}
