//! `queues`: each is there, and what is received in vain goes where a person finds it.

use definitions::resources::{CONTACT_EVENTS, Queue, RESPONSE_REQUESTS};
use handlers::environment::{Variable, variables};
use serde_json::{Value, json};

use crate::{
    aws::{Api, SQS},
    deployment::CONTACT_EVENTS_QUEUE_URL,
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 2] =
    [&variables::RESPONSE_QUEUE_URL, &variables::AWS_ENDPOINT_URL_SQS];

pub(crate) static ABSENT: Kind = Kind::error(
    "queues.absent",
    "there is no such queue, in this account and Region",
    "deploy the template, or correct the variable",
);
pub(crate) static NO_DEAD_LETTERS: Kind = Kind::error(
    "queues.no-dead-letters",
    "what cannot be handled is received again and again until it is gone",
    "give the queue a redrive policy, by the template",
);
pub(crate) static DEAD_LETTERS_ABSENT: Kind = Kind::error(
    "queues.dead-letters-absent",
    "the queue that shall take what cannot be handled is not there",
    "make it, by the template",
);
pub(crate) static OTHER_RECEPTIONS: Kind = Kind::note(
    "queues.other-receptions",
    "a message is given up after another number of receptions than the definitions say",
    "deploy the template, unless that is meant",
);
pub(crate) static HIDDEN_TOO_SHORT: Kind = Kind::warning(
    "queues.hidden-too-short",
    "a message is seen by others again while a handler still works on it",
    "let messages stay hidden for as long as the definitions say",
);

/// What is known of the queues.
pub(crate) struct Queues {
    /// The ARN of the queue of contact events.
    pub(crate) contact_events: String,
}

pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<Queues> {
    let contact_events = cx.deployment.text(&CONTACT_EVENTS_QUEUE_URL);
    let responses = cx.deployment.text(&variables::RESPONSE_QUEUE_URL);
    let of_events = look_at(notes, api, &CONTACT_EVENTS, contact_events).await;
    look_at(notes, api, &RESPONSE_REQUESTS, responses).await;
    of_events.map(|contact_events| Queues { contact_events })
}

/// Gives the queue's ARN. Where no URL is given, the queue is known by its name.
async fn look_at(
    notes: &mut Notes,
    api: &Api,
    queue: &Queue,
    url: Option<String>,
) -> Option<String> {
    let url = match url {
        Some(url) => url.trim().to_owned(),
        None => url_of(notes, api, queue.name, &ABSENT).await?,
    };
    let asked = json!({ "QueueUrl": url, "AttributeNames": ["All"] });
    let attributes = match api.call(&SQS, "GetQueueAttributes", &asked).await {
        Ok(answer) => answer["Attributes"].clone(),
        Err(error) if is_absent(error.code()) => {
            notes.find(&ABSENT, format!("`{}`", queue.variable));
            return None;
        }
        Err(error) => {
            notes.not_told("sqs:GetQueueAttributes", &error);
            return None;
        }
    };
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    let hidden = number(&attributes["VisibilityTimeout"]);
    if hidden.is_some_and(|seconds| seconds < u64::from(queue.visibility_seconds)) {
        let expected = queue.visibility_seconds;
        let seen = format!("`{}`: {} s, expected {expected} s", queue.name, hidden.unwrap_or(0));
        notes.find(&HIDDEN_TOO_SHORT, seen);
    }
    let policy = attributes["RedrivePolicy"].as_str().unwrap_or_default();
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    match policy["deadLetterTargetArn"].as_str().and_then(|arn| arn.rsplit(':').next()) {
        None => notes.find(&NO_DEAD_LETTERS, format!("`{}`", queue.name)),
        Some(target) => {
            url_of(notes, api, target, &DEAD_LETTERS_ABSENT).await;
            let after = number(&policy["maxReceiveCount"]);
            let expected = queue.dead_letters.after;
            if after.is_some_and(|after| after != u64::from(expected)) {
                let after = after.unwrap_or(0);
                let seen = format!("`{}`: after {after}, expected {expected}", queue.name);
                notes.find(&OTHER_RECEPTIONS, seen);
            }
        }
    }
    attributes["QueueArn"].as_str().map(str::to_owned)
}

async fn url_of(notes: &mut Notes, api: &Api, name: &str, absent: &'static Kind) -> Option<String> {
    match api.call(&SQS, "GetQueueUrl", &json!({ "QueueName": name })).await {
        Ok(answer) => answer["QueueUrl"].as_str().map(str::to_owned),
        Err(error) if is_absent(error.code()) => {
            notes.find(absent, format!("`{name}`"));
            None
        }
        Err(error) => {
            notes.not_told("sqs:GetQueueUrl", &error);
            None
        }
    }
}

/// SQS has an old and a new name for it, and one for a URL that is none.
fn is_absent(code: &str) -> bool {
    ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "InvalidAddress"]
        .contains(&code)
}
