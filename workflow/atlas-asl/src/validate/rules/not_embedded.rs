//! Integrations that AWS has and this engine cannot call by itself: they run when mocked.

use crate::aws_services::{self, Known, Protocol};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::StateKind;
use crate::resource::Resource;
use crate::validate::context::Context;
use crate::validate::integrations;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    parquet(cx, out);
    for (step, _) in cx.tasks() {
        let name = match &step.resource {
            Some(resource @ (Resource::Integration { .. } | Resource::AwsSdk { .. })) => resource,
            Some(Resource::Function { .. } | Resource::Activity { .. }) | None => continue,
        };
        if is_embedded(name) {
            continue;
        }
        // What not even AWS can call is told of as that.
        if let Resource::Integration { service, action, .. } = name
            && !integrations::takes_any_action(service)
            && !integrations::actions_of(service).any(|known| known.action == action)
        {
            continue;
        }
        if let Resource::AwsSdk { service, .. } = name
            && aws_services::find(service).is_none()
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

/// A reader of Parquet files, which nothing here reads.
fn parquet(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        let StateKind::Map(map) = &step.state.kind else { continue };
        let config = map.item_reader.as_ref().and_then(|reader| reader.reader_config.as_ref());
        if config.is_some_and(|config| config.input_type.as_deref() == Some("PARQUET")) {
            out.push(
                Diagnostic::warning(
                    Code::IntegrationNotEmbedded,
                    format!("{}/ItemReader/ReaderConfig/InputType", step.pointer),
                    "the embedded engine cannot read `PARQUET`; AWS can",
                )
                .hint("use `JSON`, `JSONL` or `CSV` to run the machine here"),
            );
        }
    }
}

/// The engine, the server or `atlas-integrations` performs it.
fn is_embedded(resource: &Resource) -> bool {
    match resource {
        Resource::Integration { service, action, .. } => matches!(
            (service.as_str(), action.as_str()),
            ("apigateway" | "http" | "lambda", "invoke")
                | ("dynamodb", "getItem" | "putItem" | "updateItem" | "deleteItem")
                | ("events", "putEvents")
                | ("sns", "publish")
                | ("sqs", "sendMessage")
                | ("states", "startExecution")
        ),
        Resource::AwsSdk { service, action, .. } => match aws_services::find(service) {
            Some(Known::Service(known)) => match known.protocol {
                Protocol::AwsJson => true,
                Protocol::RestXml => {
                    let objects = matches!(&**action, "getObject" | "putObject" | "listObjectsV2");
                    service == "s3" && objects
                }
                Protocol::RestJson | Protocol::Query | Protocol::Ec2 | Protocol::Cbor => false,
            },
            Some(Known::Retired) | None => false,
        },
        Resource::Function { .. } | Resource::Activity { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn what_only_aws_can_read_is_named() {
        for (input_type, found) in [("PARQUET", true), ("JSON", false)] {
            let places = [("/States/A/ItemReader/ReaderConfig/InputType", "to run the machine here")];
            let expected = if found { &places[..] } else { &[][..] };
            let state = format!(
                r#""Type": "Map", "ItemReader": {{"Resource": "arn:aws:states:::s3:getObject",
                    "ReaderConfig": {{"InputType": "{input_type}"}}}},
                   "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED",
                    "ExecutionType": "STANDARD"}}, "StartAt": "B", "States": {{
                    "B": {{"Type": "Pass", "End": true}}}}}}"#
            );
            check_state(&state, Code::IntegrationNotEmbedded, expected);
        }
    }

    #[test]
    fn what_only_aws_can_call_is_named() {
        for (resource, found) in [
            ("arn:aws:states:::dynamodb:putItem", false),
            ("arn:aws:states:::http:invoke", false),
            ("arn:aws:states:::apigateway:invoke.waitForTaskToken", false),
            ("arn:aws:states:::ecs:runTask", true),
            ("arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", false),
            ("arn:aws:states:::aws-sdk:s3:listObjectsV2", false),
            ("arn:aws:states:::aws-sdk:s3:listBuckets", true),
            ("arn:aws:states:::aws-sdk:rds:describeDBInstances", true),
            ("arn:aws:states:::aws-sdk:macie:listMemberAccounts", true),
            ("arn:aws:states:::aws-sdk:nowhere:getItem", false),
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
