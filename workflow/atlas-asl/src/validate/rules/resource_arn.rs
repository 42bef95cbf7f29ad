//! A Task's `Resource` names something that AWS can call.

use crate::aws_services::{self, Known};
use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Resource;
use crate::suggest::suggest;
use crate::validate::context::Context;
use crate::validate::integrations;
use crate::validate::texts::{list, placeholder, short};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let text = task.resource.as_str();
        // What a placeholder at the start stands for cannot be known.
        if text.is_empty() || placeholder(text).is_some() {
            continue;
        }
        let Some((code, message, hint)) = fault(text, step.resource.as_ref()) else { continue };
        out.push(Diagnostic::error(code, format!("{}/Resource", step.pointer), message).hint(hint));
    }
}

fn fault(text: &str, resource: Option<&Resource>) -> Option<(Code, String, String)> {
    let unknown = |hint: String| {
        let message = format!(
            "The resource provided {} is not recognized. The value is not a valid resource ARN, or \
             the resource is not available in this region.",
            short(text)
        );
        Some((Code::SchemaValidationFailed, message, hint))
    };
    match resource {
        None if !text.starts_with("arn:") => Some((
            Code::SchemaValidationFailed,
            "Value is not a valid resource ARN".to_owned(),
            "expected `arn:aws:states:::lambda:invoke`, another integration, or the ARN of a Lambda \
             function or an activity"
                .to_owned(),
        )),
        None if text.contains(":states:::") => {
            unknown("expected `arn:aws:states:::SERVICE:ACTION`, with `.sync`, `.sync:2` or \
                     `.waitForTaskToken` behind it where the service has that".to_owned())
        }
        None => Some((
            Code::InvalidResource,
            format!("The resource '{}' is nothing that a Task can call", short(text)),
            "a Task calls an integration (`arn:aws:states:::SERVICE:ACTION`), a Lambda function \
             (`arn:aws:lambda:REGION:ACCOUNT:function:NAME`) or an activity \
             (`arn:aws:states:REGION:ACCOUNT:activity:NAME`)"
                .to_owned(),
        )),
        Some(Resource::Integration { service, action, pattern }) => {
            if service.contains("placeholder") || action.contains("placeholder") {
                return None;
            }
            let actions: Vec<_> = integrations::actions_of(service).collect();
            if actions.is_empty() {
                let near = suggest(service, integrations::services());
                return unknown(near.map_or_else(
                    || format!("AWS has no optimised integration with `{}`; `aws-sdk:SERVICE:ACTION` \
                                calls any of its services", short(service)),
                    |near| format!("did you mean `{near}`?"),
                ));
            }
            if integrations::takes_any_action(service) {
                return None;
            }
            let Some(known) = actions.iter().find(|known| known.action == action) else {
                let near = suggest(action, actions.iter().map(|known| known.action));
                return unknown(near.map_or_else(
                    || format!("`{service}` has {}", list(actions.iter().map(|known| known.action))),
                    |near| format!("did you mean `{service}:{near}`?"),
                ));
            };
            if known.patterns.contains(pattern) {
                return None;
            }
            let patterns = known.patterns.iter().map(|pattern| match pattern.suffix() {
                "" => "no suffix",
                suffix => suffix,
            });
            unknown(format!("`{service}:{action}` takes {}", list(patterns)))
        }
        Some(Resource::AwsSdk { service, action, pattern }) => {
            if !integrations::SDK_PATTERNS.contains(pattern) {
                return unknown(format!(
                    "SDK integrations have no `{}`; `.waitForTaskToken` they have",
                    pattern.suffix()
                ));
            }
            if service.chars().any(char::is_uppercase) {
                return unknown(format!("write the service in lower case: `{}`", service.to_lowercase()));
            }
            if service.contains("placeholder") || action.contains("placeholder") {
                return None;
            }
            match aws_services::find(service) {
                None => unknown(suggest(service, aws_services::names()).map_or_else(
                    || format!("AWS has no service that the SDK for Java calls `{}`", short(service)),
                    |near| format!("did you mean `aws-sdk:{near}:{}`?", short(action)),
                )),
                Some(Known::Retired) => None,
                Some(Known::Service(known)) if known.operation(action).is_some() => None,
                Some(Known::Service(known)) => {
                    let actions: Vec<String> = known.actions().collect();
                    let near = suggest(action, actions.iter().map(String::as_str));
                    unknown(near.map_or_else(
                        || format!("`{service}` has no action `{}`", short(action)),
                        |near| format!("did you mean `aws-sdk:{service}:{near}`?"),
                    ))
                }
            }
        }
        Some(Resource::Function { .. } | Resource::Activity { .. }) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_resource_names_what_aws_can_call() {
        for (resource, code, expected) in [
            ("CreateLead", Code::SchemaValidationFailed, "Value is not a valid resource ARN"),
            ("arn:aws:s3:::bucket", Code::InvalidResource, "nothing that a Task can call"),
            ("arn:aws:states:::lamda:invoke", Code::SchemaValidationFailed, "did you mean `lambda`?"),
            ("arn:aws:states:::lambda:invok", Code::SchemaValidationFailed, "did you mean `lambda:invoke`?"),
            ("arn:aws:states:::lambda:invoke.sync", Code::SchemaValidationFailed, "`.waitForTaskToken`"),
            ("arn:aws:states:::sqs:sendMessage.sync:2", Code::SchemaValidationFailed, "not recognized"),
            ("arn:aws:states:::lambda:invoke.later", Code::SchemaValidationFailed, "not recognized"),
            ("arn:aws:states:::aws-sdk:sfn:StartExecution", Code::SchemaValidationFailed,
             "did you mean `aws-sdk:sfn:startExecution`?"),
            ("arn:aws:states:::aws-sdk:dynamo:getItem", Code::SchemaValidationFailed,
             "did you mean `aws-sdk:dynamodb:getItem`?"),
            ("arn:aws:states:::aws-sdk:dynamodb:getItm", Code::SchemaValidationFailed,
             "did you mean `aws-sdk:dynamodb:getItem`?"),
            ("arn:aws:states:::aws-sdk:nowhere:getItem", Code::SchemaValidationFailed,
             "no service that the SDK for Java calls `nowhere`"),
            ("arn:aws:states:::aws-sdk:kinesis:subscribeToShard", Code::SchemaValidationFailed,
             "not recognized"),
            ("arn:aws:states:::aws-sdk:s3:getObject.sync", Code::SchemaValidationFailed, "no `.sync`"),
        ] {
            let state = format!(r#""Type": "Task", "Resource": "{resource}""#);
            check_state(&state, code, &[("/States/A/Resource", expected)]);
        }
        for resource in [
            "${CreateLeadArn}",
            "${Prefix}:function:f",
            "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
            "arn:${Partition}:states:::${Service}:invoke",
            "arn:aws:states:::states:startExecution.sync:2",
            "arn:aws:states:us-east-1:123456789012:activity:a",
            "arn:aws:states:::aws-sdk:rds:describeDBInstances",
            "arn:aws:states:::aws-sdk:sqs:sendMessage.waitForTaskToken",
            "arn:aws:states:::aws-sdk:macie:listMemberAccounts",
            "arn:aws:states:::aws-sdk:${Service}:getItem",
        ] {
            let state = format!(r#""Type": "Task", "Resource": "{resource}""#);
            check_state(&state, Code::SchemaValidationFailed, &[]);
            check_state(&state, Code::InvalidResource, &[]);
        }
    }
}
