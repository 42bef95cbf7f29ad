//! `StartMessageMoveTask`: dead letters go where they are worked on, at once here.
//!
//! As on SQS, the source has to be some queue's queue of dead letters, what moves is a new message that nobody
//! has received, and a message that was sent to the dead letters directly goes only where the request says.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Message, Queues};
use crate::{
    aws::{Answer, Refusal},
    world::lock,
};

pub(super) fn start(queues: &Queues, body: &Value, now: Timestamp) -> Answer {
    let mut all = lock(&queues.queues);
    let named =
        |arn: &Value| arn.as_str().and_then(|arn| arn.rsplit(':').next()).map(str::to_owned);
    let source = named(&body["SourceArn"]).filter(|name| all.contains_key(name));
    let source = source.ok_or_else(missing)?;
    if !all.values().any(|queue| queue.redrive().is_some_and(|(dead, _)| dead == source)) {
        let message = "Source queue must be configured as a Dead Letter Queue.";
        return Err(Refusal::new(400, "UnsupportedOperation", message));
    }
    let wanted = named(&body["DestinationArn"]);
    if wanted.as_ref().is_some_and(|name| !all.contains_key(name)) {
        return Err(missing());
    }
    let Some(queue) = all.get_mut(&source) else { return Err(missing()) };
    let goes = |message: &Message| {
        let to = wanted.clone().or_else(|| message.died_in.clone());
        to.filter(|_| message.visible <= now)
    };
    let mut gone = Vec::new();
    let mut kept = VecDeque::new();
    for message in std::mem::take(&mut queue.messages) {
        match goes(&message) {
            Some(to) => gone.push((to, message)),
            None => kept.push_back(message),
        }
    }
    queue.messages = kept;
    for (to, message) in gone {
        if let Some(queue) = all.get_mut(&to) {
            queue.push(super::message(
                message.body,
                message.attributes,
                now,
                std::time::Duration::ZERO,
            ));
        }
    }
    drop(all);
    queues.arrived.notify_waiters();
    Ok(json!({ "TaskHandle": uuid::Uuid::new_v4().to_string() }))
}

fn missing() -> Refusal {
    let message = "The resource that you specified for the SourceArn parameter doesn't exist.";
    Refusal::new(400, "ResourceNotFoundException", message)
}
