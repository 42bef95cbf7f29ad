//! The queues, each with the one that takes what could not be handled.

use definitions::resources::{CONTACT_EVENTS, DEAD_LETTERS_KEPT_SECONDS, QUEUES, Queue};
use serde_json::{Value, json};

use crate::{
    arn::{logical, name},
    events::{CONTACT_RULE, UNDELIVERED},
    template::Resources,
};

pub(crate) fn add(resources: &mut Resources) {
    for queue in &QUEUES {
        resources.insert(logical(queue.name), declared(queue));
        resources.insert(logical(queue.dead_letters.name), dead_letters(queue.dead_letters.name));
    }
    resources.insert(UNDELIVERED.to_owned(), dead_letters("AtlasEngine-ContactEvents-Undelivered"));
    resources.insert("ContactRuleMaySend".to_owned(), may_send());
}

/// The queues in which something waits for a person, by the name of the resource.
pub(crate) fn of_dead_letters() -> Vec<String> {
    let of_queues = QUEUES.iter().map(|queue| logical(queue.dead_letters.name));
    of_queues.chain([UNDELIVERED.to_owned()]).collect()
}

fn declared(queue: &Queue) -> Value {
    json!({
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "QueueName": name(queue.name),
            "VisibilityTimeout": queue.visibility_seconds,
            "MessageRetentionPeriod": queue.kept_seconds,
            "SqsManagedSseEnabled": true,
            "RedrivePolicy": {
                "deadLetterTargetArn": { "Fn::GetAtt": [logical(queue.dead_letters.name), "Arn"] },
                "maxReceiveCount": queue.dead_letters.after,
            },
        },
    })
}

fn dead_letters(own: &str) -> Value {
    json!({
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "QueueName": name(own),
            "MessageRetentionPeriod": DEAD_LETTERS_KEPT_SECONDS,
            "SqsManagedSseEnabled": true,
        },
    })
}

/// EventBridge sends under its own name; only this rule may.
fn may_send() -> Value {
    let queues = [logical(CONTACT_EVENTS.name), UNDELIVERED.to_owned()];
    let arns: Vec<Value> =
        queues.iter().map(|queue| json!({ "Fn::GetAtt": [queue, "Arn"] })).collect();
    let urls: Vec<Value> = queues.iter().map(|queue| json!({ "Ref": queue })).collect();
    json!({
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": urls,
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": "events.amazonaws.com" },
                    "Action": "sqs:SendMessage",
                    "Resource": arns,
                    "Condition": {
                        "ArnEquals": { "aws:SourceArn": { "Fn::GetAtt": [CONTACT_RULE, "Arn"] } },
                    },
                }],
            },
        },
    })
}
