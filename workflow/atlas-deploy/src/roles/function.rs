//! The role of a function, of the calls that it declares and of what starts it.

use definitions::resources::{Call, Function, Queue, Resource, StartedBy};
use serde_json::{Value, json};

use super::statement::{allow, allow_on_all};
use crate::{
    arn::{arn, machine, of_stack, table},
    functions::log_group_path,
    secrets,
};

pub(super) fn role(function: &Function) -> Value {
    // Lambda takes a role on for functions of this account only.
    let condition = json!({ "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } } });
    super::role("lambda.amazonaws.com", condition, statements(function))
}

fn statements(function: &Function) -> Vec<Value> {
    let mut statements = Vec::new();
    for (index, call) in function.calls.iter().enumerate() {
        let same = |other: &&Call| other.resource == call.resource;
        if function.calls[..index].iter().any(|before| same(&before)) {
            continue;
        }
        let actions: Vec<&str> =
            function.calls.iter().filter(same).map(|call| call.action.iam_action()).collect();
        statements.extend(of_calls(&actions, &call.resource));
    }
    if let StartedBy::Queue { queue, .. } = function.started_by {
        // Lambda polls with the function's role, and asks for the queue's attributes.
        let actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
        statements.push(allow(&actions, queue_arn(queue)));
    }
    let log = format!("log-group:{}:*", log_group_path(function));
    statements.push(allow(&["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", &log)));
    statements.push(allow_on_all(
        "X-Ray knows no resources to restrict these to.",
        &["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    ));
    statements
}

fn of_calls(actions: &[&str], resource: &Resource) -> Vec<Value> {
    match resource {
        Resource::Table(of) => vec![allow(actions, arn("dynamodb", &table(of)))],
        Resource::Index(of, index) => {
            vec![allow(actions, arn("dynamodb", &format!("{}/index/{}", table(of), index.name)))]
        }
        Resource::SalesforceSecret => vec![allow(actions, json!({ "Ref": secrets::SALESFORCE }))],
        Resource::Queue(queue) => vec![allow(actions, queue_arn(queue))],
        Resource::Model => {
            let mut model = allow(
                actions,
                json!({ "Fn::Sub": "arn:${AWS::Partition}:bedrock:*::foundation-model/${BedrockFoundationModelId}" }),
            );
            model["#"] =
                "A profile passes a question on to the model in whichever region has room for it."
                    .into();
            vec![allow(actions, arn("bedrock", "inference-profile/${BedrockModelId}")), model]
        }
        Resource::Contacts => {
            let mut contacts =
                allow(actions, arn("connect", "instance/${ConnectInstanceId}/contact/*"));
            contacts["#"] =
                "Any contact of this one instance: its id is not known before it is there.".into();
            vec![contacts]
        }
        // IAM is asked about the machine, whichever version or alias is meant.
        Resource::Machine(name) => vec![allow(actions, machine(name))],
    }
}

fn queue_arn(queue: &Queue) -> Value {
    arn("sqs", &of_stack(queue.name))
}
