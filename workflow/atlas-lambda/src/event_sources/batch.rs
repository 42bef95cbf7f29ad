//! One batch of a queue's messages: invoke, then delete what is done.

use std::{collections::HashSet, time::Duration};

use atlas_core::Payload;
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    time::{self, Instant},
};

use super::{
    batch_answer,
    queue::{Message, Queue},
    sqs_mapping::{MappingEvent, SqsMapping},
};
use crate::{
    asynchronous::EventDropped,
    body::Body,
    functions::{Functions, Outcome},
    invoke::{InvokeError, InvokeRequest},
    stop,
};

/// The delays of a throttled batch: the first, and the longest.
const THROTTLE_DELAYS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// Works on a batch. Once `stopped`, an invocation under way is finished, and a batch that was not
/// invoked yet is given back.
pub(super) async fn work(
    mapping: &SqsMapping,
    functions: &Functions,
    queue: &dyn Queue,
    messages: Vec<Message>,
    stopped: watch::Receiver<bool>,
) {
    let event = event(mapping, &messages);
    let (done, error) = match invoke(mapping, functions, event, stopped).await {
        Ok(Ok(body)) => (succeeded(mapping, &messages, &body), None),
        Ok(Err(error)) => (Vec::new(), Some(EventDropped::Function(error))),
        Err(error) => {
            give_back(mapping, queue, &messages).await;
            (Vec::new(), Some(EventDropped::Refused(error)))
        }
    };
    if !done.is_empty()
        && let Err(error) = queue.delete(&done).await
    {
        mapping.tell(MappingEvent::DeleteFailed(error));
    }
    let (done, failed) = (done.len(), messages.len() - done.len());
    mapping.tell(MappingEvent::BatchEnded { done, failed, error });
}

/// Invokes the function; a throttled one again for as long as the messages are ours.
async fn invoke(
    mapping: &SqsMapping,
    functions: &Functions,
    event: Payload,
    mut stopped: watch::Receiver<bool>,
) -> Result<Outcome, InvokeError> {
    let until = Instant::now() + mapping.visibility_timeout;
    let (mut delay, longest) = THROTTLE_DELAYS;
    let request = InvokeRequest::new(mapping.function.clone(), mapping.place.clone(), event);
    loop {
        match functions.invoke(request.clone()).await {
            Ok(invoked) => {
                return Ok(invoked.outcome.expect("who waits for an invocation has its outcome"));
            }
            Err(InvokeError::Throttled) if Instant::now() + delay < until => {
                tokio::select! {
                    biased;
                    () = stop::raised(&mut stopped) => return Err(InvokeError::Throttled),
                    () = time::sleep(delay) => delay = longest.min(delay * 2),
                }
            }
            Err(error) => return Err(error),
        }
    }
}

async fn give_back(mapping: &SqsMapping, queue: &dyn Queue, messages: &[Message]) {
    let handles: Vec<_> = messages.iter().map(|message| message.receipt_handle.clone()).collect();
    if let Err(error) = queue.change_visibility(&handles, Duration::ZERO).await {
        mapping.tell(MappingEvent::GiveBackFailed(error));
    }
}

/// The receipt handles of the messages that are done.
fn succeeded(mapping: &SqsMapping, messages: &[Message], answer: &Body) -> Vec<String> {
    let ids = messages.iter().map(|message| &*message.message_id).collect();
    let failed = if mapping.reports_item_failures {
        batch_answer::failed(answer, &ids)
    } else {
        Some(HashSet::new())
    };
    let Some(failed) = failed else { return Vec::new() };
    messages
        .iter()
        .filter(|message| !failed.contains(&*message.message_id))
        .map(|message| message.receipt_handle.clone())
        .collect()
}

/// The event that a function is invoked with (Lambda Developer Guide, "Example standard queue message
/// event").
fn event(mapping: &SqsMapping, messages: &[Message]) -> Payload {
    let record = |message: &Message| {
        json!({
            "messageId": message.message_id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": message.attributes,
            "messageAttributes": message.message_attributes,
            "md5OfBody": message.md5_of_body,
            "eventSource": "aws:sqs",
            "eventSourceARN": mapping.queue_arn,
            "awsRegion": &*mapping.place.region,
        })
    };
    let records: Vec<Value> = messages.iter().map(record).collect();
    Payload::from(json!({ "Records": records }))
}
