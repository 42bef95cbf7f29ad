//! The rule that brings the ends of contacts from Amazon Connect to their queue.

use definitions::resources::{CONTACT_EVENTS, UNDELIVERED_CONTACT_EVENTS};
use serde_json::json;

use crate::{
    arn::{arn, logical},
    template::Resources,
};

/// The rule.
pub(crate) const CONTACT_RULE: &str = "ContactEnded";

pub(crate) fn add(resources: &mut Resources) {
    resources.insert(
        CONTACT_RULE.to_owned(),
        json!({
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Description": "The ends of calls that were started over the API, to the queue of CallEndedHandler.",
                "EventPattern": {
                    "source": ["aws.connect"],
                    "detail-type": ["Amazon Connect Contact Event"],
                    "detail": {
                        "#": "The one may come without the other; the handler knows the second as a repetition.",
                        "eventType": ["DISCONNECTED", "COMPLETED"],
                        "initiationMethod": ["API"],
                        "instanceArn": [arn("connect", "instance/${ConnectInstanceId}")],
                    },
                },
                "Targets": [{
                    "Id": "Queue",
                    "Arn": { "Fn::GetAtt": [logical(CONTACT_EVENTS.name), "Arn"] },
                    "RetryPolicy": {
                        "#": "A day, as long as a message stays in the queue; the sweeper settles what is lost.",
                        "MaximumEventAgeInSeconds": CONTACT_EVENTS.kept_seconds,
                        "MaximumRetryAttempts": 185,
                    },
                    "DeadLetterConfig": { "Arn": { "Fn::GetAtt": [logical(UNDELIVERED_CONTACT_EVENTS), "Arn"] } },
                }],
            },
        }),
    );
}
