//! Integrations that AWS has and this engine cannot call by itself: they run when mocked.

use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Resource;
use crate::validate::context::Context;
use crate::validate::integrations;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, _) in cx.tasks() {
        let name = match &step.resource {
            Some(Resource::Integration { service, action, .. })
                if matches!(
                    (service.as_str(), action.as_str()),
                    ("lambda", "invoke") | ("states", "startExecution")
                ) =>
            {
                continue;
            }
            Some(resource @ (Resource::Integration { .. } | Resource::AwsSdk { .. })) => resource,
            _ => continue,
        };
        // What not even AWS can call is told of as that.
        if let Resource::Integration { service, action, .. } = name
            && !integrations::takes_any_action(service)
            && !integrations::actions_of(service).any(|known| known.action == action)
        {
            continue;
        }
        out.push(
            Diagnostic::warning(
                Code::IntegrationNotEmbedded,
                format!("{}/Resource", step.pointer),
                format!("the embedded engine cannot call `{name}`; AWS can"),
            )
            .hint("mock this state to run the machine here"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn what_only_aws_can_call_is_named() {
        for (resource, found) in [
            ("arn:aws:states:::dynamodb:putItem", true),
            ("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", true),
            ("arn:aws:states:::lambda:invoke", false),
            ("arn:aws:states:::states:startExecution.sync", false),
            ("arn:aws:states:::lambda:invok", false),
            ("${F}", false),
        ] {
            let places = [("/States/A/Resource", "mock this state")];
            let expected = if found { &places[..] } else { &[][..] };
            let state = format!(r#""Type": "Task", "Resource": "{resource}""#);
            check_state(&state, Code::IntegrationNotEmbedded, expected);
        }
    }
}
