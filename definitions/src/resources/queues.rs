//! The queues of SQS, each with the one that takes what could not be handled.

use serde_json::{Value, json};

/// A queue that starts a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Its name, where the deployment gives no other.
    pub name: &'static str,
    /// The environment variable in which whoever sends to it or polls it finds its URL.
    pub variable: &'static str,
    /// How long a message stays hidden from others once it was received, in seconds.
    pub visibility_seconds: u32,
    /// How long a message is kept that nobody takes, in seconds.
    pub kept_seconds: u32,
    /// Where a message goes that was received in vain.
    pub dead_letters: DeadLetters,
}

/// A queue of what could not be handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeadLetters {
    /// Its name, where the deployment gives no other.
    pub name: &'static str,
    /// After how many receptions.
    pub after: u32,
}

/// Dead letters wait for a person: fourteen days, the longest that SQS keeps a message.
pub const DEAD_LETTERS_KEPT_SECONDS: u32 = 1_209_600;

/// Contact events, from EventBridge to `CallEndedHandler`.
pub const CONTACT_EVENTS: Queue = Queue {
    name: "AtlasEngine-ContactEvents",
    variable: "CONTACT_EVENTS_QUEUE_URL",
    visibility_seconds: 60,
    // A day, as EventBridge itself tries for: the sweeper settles what is older.
    kept_seconds: 86_400,
    dead_letters: DeadLetters { name: "AtlasEngine-ContactEvents-DeadLetters", after: 10 },
};

/// Answers that the chat's next turn may give, from `LexFulfillmentHandler` to `ResponseWriterHandler`.
pub const RESPONSE_REQUESTS: Queue = Queue {
    name: "AtlasEngine-ResponseRequests",
    variable: "RESPONSE_QUEUE_URL",
    visibility_seconds: 60,
    // As long as an answer is good: nobody waits for an older one.
    kept_seconds: 300,
    dead_letters: DeadLetters { name: "AtlasEngine-ResponseRequests-DeadLetters", after: 3 },
};

/// Contact events that EventBridge could not deliver to their queue.
pub const UNDELIVERED_CONTACT_EVENTS: &str = "AtlasEngine-ContactEvents-Undelivered";

/// Every queue that starts a handler.
pub const QUEUES: [Queue; 2] = [CONTACT_EVENTS, RESPONSE_REQUESTS];

/// The names of all queues in which something waits for a person.
pub fn dead_letter_queues() -> impl Iterator<Item = &'static str> {
    let of_queues = QUEUES.into_iter().map(|queue| queue.dead_letters.name);
    of_queues.chain([UNDELIVERED_CONTACT_EVENTS])
}

impl Queue {
    /// The bodies of the `CreateQueue` requests: first the dead letters' queue, then this one, which names it.
    #[must_use]
    pub fn create_requests(&self, region: &str, account: &str) -> [Value; 2] {
        let DeadLetters { name, after } = self.dead_letters;
        let redrive = json!({
            "deadLetterTargetArn": format!("arn:aws:sqs:{region}:{account}:{name}"),
            "maxReceiveCount": after,
        });
        [
            json!({
                "QueueName": name,
                "Attributes": { "MessageRetentionPeriod": DEAD_LETTERS_KEPT_SECONDS.to_string() },
            }),
            json!({
                "QueueName": self.name,
                "Attributes": {
                    "VisibilityTimeout": self.visibility_seconds.to_string(),
                    "MessageRetentionPeriod": self.kept_seconds.to_string(),
                    "RedrivePolicy": redrive.to_string(),
                },
            }),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_received_in_vain_goes_to_a_queue_that_exists_before() {
        for queue in QUEUES {
            let [dead, own] = queue.create_requests("us-east-1", "000000000000");
            let policy = own["Attributes"]["RedrivePolicy"].as_str().unwrap();
            let policy: Value = serde_json::from_str(policy).unwrap();
            let target = policy["deadLetterTargetArn"].as_str().unwrap();
            let name = dead["QueueName"].as_str().unwrap();
            assert_eq!(target, format!("arn:aws:sqs:us-east-1:000000000000:{name}"));
        }
    }
}
