//! The parameters that an integration cannot do without.
//!
//! Only parameters written as an object are judged: what an expression gives is known when it runs.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Resource;
use crate::suggest::suggest;
use crate::validate::context::Context;
use crate::validate::integrations;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let Some(Resource::Integration { service, action, .. }) = &step.resource else { continue };
        let (field, value) = match (&task.parameters, &task.arguments) {
            (Some(parameters), _) => ("Parameters", parameters),
            (None, Some(arguments)) => ("Arguments", arguments),
            (None, None) => continue,
        };
        let Value::Object(given) = value else { continue };
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
