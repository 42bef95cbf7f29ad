//! The queues, each with the one that takes what could not be handled.

use definitions::resources::{
    CONTACT_EVENTS, DEAD_LETTERS_KEPT_SECONDS, QUEUES, Queue, UNDELIVERED_CONTACT_EVENTS,
    dead_letter_queues,
};
use serde_json::{Value, json};

use crate::{
    arn::{logical, name},
    events::CONTACT_RULE,
    template::Resources,
};

pub(crate) fn add(resources: &mut Resources) {
    for queue in &QUEUES {
        resources.insert(logical(queue.name), declared(queue));
        resources.insert(logical(queue.dead_letters.name), dead_letters(queue.dead_letters.name));
    }
    let undelivered = UNDELIVERED_CONTACT_EVENTS;
    resources.insert(logical(undelivered), dead_letters(undelivered));
    for queue in [logical(CONTACT_EVENTS.name), logical(undelivered)] {
        resources.insert(format!("ContactRuleMaySendTo{queue}"), contact_rule_may_send_to(&queue));
    }
}

/// The queues in which something waits for a person, by the name of the resource.
pub(crate) fn of_dead_letters() -> Vec<String> {
    dead_letter_queues().map(logical).collect()
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

/// EventBridge sends under its own name; only this rule may. A policy is about one queue: SQS keeps it with the queue,
/// and its guide wants no other one named in it.
fn contact_rule_may_send_to(queue: &str) -> Value {
    json!({
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [{ "Ref": queue }],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": { "Service": "events.amazonaws.com" },
                    "Action": "sqs:SendMessage",
                    "Resource": { "Fn::GetAtt": [queue, "Arn"] },
                    "Condition": {
                        "ArnEquals": { "aws:SourceArn": { "Fn::GetAtt": [CONTACT_RULE, "Arn"] } },
                    },
                }],
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_about_the_one_queue_that_it_is_put_on() {
        let mut resources = Resources::new();
        add(&mut resources);
        let mut covered = Vec::new();
        for policy in resources.values().filter(|one| one["Type"] == "AWS::SQS::QueuePolicy") {
            let properties = &policy["Properties"];
            let queue = properties["Queues"][0]["Ref"].as_str().unwrap();
            assert_eq!(properties["Queues"], json!([{ "Ref": queue }]));
            for statement in properties["PolicyDocument"]["Statement"].as_array().unwrap() {
                assert_eq!(statement["Resource"], json!({ "Fn::GetAtt": [queue, "Arn"] }));
            }
            covered.push(queue);
        }
        assert_eq!(covered, ["ContactEvents", "ContactEventsUndelivered"]);
    }
}
