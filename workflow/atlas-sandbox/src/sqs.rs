//! SQS: standard queues with visibility timeouts, delays, long polling and dead letters.

mod move_task;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Mutex,
    time::Duration,
};

use jiff::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};
use thiserror::Error;
use tokio::sync::Notify;

use crate::{
    aws::{self, ACCOUNT, Answer, REGION, Refusal},
    clock::{self, Clock},
    service::Service,
    world::{World, lock},
};

#[derive(Debug)]
pub(crate) struct Queues {
    base_url: String,
    queues: Mutex<BTreeMap<String, Queue>>,
    arrived: Notify,
}

#[derive(Debug)]
struct Queue {
    attributes: BTreeMap<String, String>,
    messages: VecDeque<Message>,
    counted: Counted,
}

/// What happened in a queue.
#[derive(Debug, Default)]
struct Counted {
    sent: u64,
    received: u64,
    deleted: u64,
    dead: u64,
    expired: u64,
}

#[derive(Debug)]
struct Message {
    id: String,
    body: String,
    attributes: Value,
    sent: Timestamp,
    first_received: Option<Timestamp>,
    received: u64,
    visible: Timestamp,
    receipt: Option<String>,
    /// The queue that gave it up.
    died_in: Option<String>,
}

/// A queue that was asked for and is none.
#[derive(Debug, Error)]
#[error("an SQS queue of the sandbox cannot be created: {0}")]
pub struct QueueError(String);

const LARGEST_MESSAGE: usize = 1_048_576;

/// The attributes that a queue can be created with, and their values where nothing is said.
const ATTRIBUTES: [(&str, &str); 6] = [
    ("VisibilityTimeout", "30"),
    ("DelaySeconds", "0"),
    ("MaximumMessageSize", "1048576"),
    ("MessageRetentionPeriod", "345600"),
    ("ReceiveMessageWaitTimeSeconds", "0"),
    ("RedrivePolicy", ""),
];

impl Queue {
    fn new() -> Self {
        let default = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let attributes =
            ATTRIBUTES.map(default).into_iter().filter(|(_, value)| !value.is_empty()).collect();
        Self { attributes, messages: VecDeque::new(), counted: Counted::default() }
    }

    fn push(&mut self, message: Message) {
        self.counted.sent += 1;
        self.messages.push_back(message);
    }

    /// Lets go what is older than messages are kept; the oldest stands first.
    fn expire(&mut self, now: Timestamp) {
        let kept = Duration::from_secs(self.seconds("MessageRetentionPeriod"));
        while self.messages.front().is_some_and(|oldest| clock::after(oldest.sent, kept) <= now) {
            self.messages.pop_front();
            self.counted.expired += 1;
        }
    }

    /// How many can be received, were received and are not deleted, and come later.
    fn depth(&self, now: Timestamp) -> (usize, usize, usize) {
        let visible = self.messages.iter().filter(|message| message.visible <= now).count();
        let flying = self
            .messages
            .iter()
            .filter(|message| message.visible > now && message.received > 0)
            .count();
        (visible, flying, self.messages.len() - visible - flying)
    }

    fn seconds(&self, attribute: &str) -> u64 {
        self.attributes.get(attribute).and_then(|value| value.parse().ok()).unwrap_or(0)
    }

    /// The queue for dead letters, and after how many receptions a letter is dead.
    fn redrive(&self) -> Option<(String, u64)> {
        let policy: Value = serde_json::from_str(self.attributes.get("RedrivePolicy")?).ok()?;
        let name = policy["deadLetterTargetArn"].as_str()?.rsplit(':').next()?.to_owned();
        let count = &policy["maxReceiveCount"];
        Some((name, count.as_u64().or_else(|| count.as_str()?.parse().ok())?))
    }
}

impl Queues {
    /// Creates queues from the bodies of `CreateQueue` requests.
    pub(crate) fn new(base_url: &str, requests: &[Value]) -> Result<Self, QueueError> {
        let queues = Self {
            base_url: base_url.to_owned(),
            queues: Mutex::default(),
            arrived: Notify::new(),
        };
        for request in requests {
            let text = request.to_string();
            aws::read(Service::Sqs, "CreateQueue", text.as_bytes())
                .and_then(|request| create(&queues, &request))
                .map_err(|refusal| QueueError(refusal.message))?;
        }
        Ok(queues)
    }

    pub(crate) fn url(&self, name: &str) -> String {
        crate::queue_url_at(&self.base_url, name)
    }

    pub(crate) fn purge_all(&self) {
        for queue in lock(&self.queues).values_mut() {
            queue.messages.clear();
            queue.counted = Counted::default();
        }
    }

    /// What happened in each queue, and what is in it.
    pub(crate) fn shown(&self, now: Timestamp) -> Value {
        let queues = lock(&self.queues);
        let shown = queues.iter().map(|(name, queue)| {
            let (visible, flying, delayed) = queue.depth(now);
            let Counted { sent, received, deleted, dead, expired } = queue.counted;
            let body = json!({
                "sent": sent, "received": received, "deleted": deleted, "dead": dead,
                "expired": expired, "visible": visible, "inFlight": flying, "delayed": delayed,
            });
            (name.clone(), body)
        });
        shown.collect()
    }

    /// Puts a message of AWS's own into a queue.
    pub(crate) fn put(&self, name: &str, body: String, clock: &Clock) {
        if let Some(queue) = lock(&self.queues).get_mut(name) {
            queue.push(message(body, json!({}), clock.now(), Duration::ZERO));
        }
        self.arrived.notify_waiters();
    }

    fn name(&self, url: &Value) -> Result<String, Refusal> {
        let name = url.as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default();
        if lock(&self.queues).contains_key(name) {
            return Ok(name.to_owned());
        }
        Err(Refusal::new(400, "QueueDoesNotExist", "The specified queue does not exist."))
    }

    fn with<T>(&self, url: &Value, work: impl FnOnce(&mut Queue) -> T) -> Result<T, Refusal> {
        let name = self.name(url)?;
        let mut queues = lock(&self.queues);
        let queue = queues.get_mut(&name);
        queue.map(work).ok_or_else(|| {
            Refusal::new(400, "QueueDoesNotExist", "The specified queue does not exist.")
        })
    }
}

pub(crate) async fn answer(world: &World, operation: &str, body: &Value) -> Answer {
    let queues = &world.sqs;
    let now = world.clock.now();
    let url = &body["QueueUrl"];
    match operation {
        "CreateQueue" => create(queues, body),
        "GetQueueUrl" => {
            let name = queues.name(&body["QueueName"])?;
            Ok(json!({ "QueueUrl": queues.url(&name) }))
        }
        "ListQueues" => {
            let prefix = body["QueueNamePrefix"].as_str().unwrap_or_default();
            let names = lock(&queues.queues);
            let urls: Vec<String> = names
                .keys()
                .filter(|name| name.starts_with(prefix))
                .map(|name| queues.url(name))
                .collect();
            Ok(json!({ "QueueUrls": urls }))
        }
        "GetQueueAttributes" => attributes(queues, body, now),
        "PurgeQueue" => queues.with(url, |queue| {
            queue.messages.clear();
            json!({})
        }),
        "SendMessage" => {
            let sent = queues.with(url, |queue| send(queue, body, now))?;
            queues.arrived.notify_waiters();
            sent
        }
        "SendMessageBatch" => {
            let done = batch(body, |entry| queues.with(url, |queue| send(queue, entry, now))?);
            queues.arrived.notify_waiters();
            done
        }
        "ReceiveMessage" => receive(world, body).await,
        "DeleteMessage" => queues.with(url, |queue| delete(queue, body))?,
        "StartMessageMoveTask" => move_task::start(queues, body, now),
        "DeleteMessageBatch" => {
            batch(body, |entry| queues.with(url, |queue| delete(queue, entry))?)
        }
        _ => queues.with(url, |queue| change_visibility(queue, body, now))?,
    }
}

fn create(queues: &Queues, body: &Value) -> Answer {
    let name = body["QueueName"].as_str().unwrap_or_default();
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if !plain || !(1..=80).contains(&name.len()) {
        let message =
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
        return Err(Refusal::new(400, "InvalidParameterValue", message));
    }
    let mut wanted = Queue::new().attributes;
    for (attribute, value) in body["Attributes"].as_object().into_iter().flatten() {
        if !ATTRIBUTES.iter().any(|known| known.0 == attribute) {
            let message = format!("Unknown Attribute {attribute}.");
            return Err(Refusal::new(400, "InvalidAttributeName", message));
        }
        wanted.insert(attribute.clone(), value.as_str().unwrap_or_default().to_owned());
    }
    let mut all = lock(&queues.queues);
    let queue = all
        .entry(name.to_owned())
        .or_insert_with(|| Queue { attributes: wanted.clone(), ..Queue::new() });
    if queue.attributes != wanted {
        let message =
            "A queue already exists with the same name and a different value for an attribute";
        return Err(Refusal::new(400, "QueueNameExists", message));
    }
    Ok(json!({ "QueueUrl": queues.url(name) }))
}

fn attributes(queues: &Queues, body: &Value, now: Timestamp) -> Answer {
    let name = queues.name(&body["QueueUrl"])?;
    let wanted: Vec<&str> =
        body["AttributeNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let shown = queues.with(&body["QueueUrl"], |queue| {
        let mut shown = queue.attributes.clone();
        let (visible, flying, delayed) = queue.depth(now);
        shown.insert("ApproximateNumberOfMessages".to_owned(), visible.to_string());
        shown.insert("ApproximateNumberOfMessagesNotVisible".to_owned(), flying.to_string());
        shown.insert("ApproximateNumberOfMessagesDelayed".to_owned(), delayed.to_string());
        shown.insert("QueueArn".to_owned(), format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"));
        shown
    })?;
    let shown: BTreeMap<_, _> = shown
        .into_iter()
        .filter(|(name, _)| wanted.contains(&"All") || wanted.contains(&name.as_str()))
        .collect();
    Ok(if shown.is_empty() { json!({}) } else { json!({ "Attributes": shown }) })
}

fn message(body: String, attributes: Value, now: Timestamp, delay: Duration) -> Message {
    Message {
        id: uuid::Uuid::new_v4().to_string(),
        body,
        attributes,
        sent: now,
        first_received: None,
        received: 0,
        visible: clock::after(now, delay),
        receipt: None,
        died_in: None,
    }
}

fn send(queue: &mut Queue, entry: &Value, now: Timestamp) -> Answer {
    let body = entry["MessageBody"].as_str().unwrap_or_default();
    if body.is_empty() {
        let message = "The request must contain the parameter MessageBody.";
        return Err(Refusal::new(400, "MissingParameter", message));
    }
    if body.len() > LARGEST_MESSAGE {
        let message = format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {LARGEST_MESSAGE} bytes."
        );
        return Err(Refusal::new(400, "InvalidParameterValue", message));
    }
    if !entry["MessageGroupId"].is_null() || !entry["MessageDeduplicationId"].is_null() {
        let message = "The request includes a parameter that is valid for FIFO queues only.";
        return Err(Refusal::new(400, "InvalidParameterValue", message));
    }
    let delay = entry["DelaySeconds"].as_u64().unwrap_or_else(|| queue.seconds("DelaySeconds"));
    if delay > 900 {
        let message = format!(
            "Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
        );
        return Err(Refusal::new(400, "InvalidParameterValue", message));
    }
    let attributes = if entry["MessageAttributes"].is_null() {
        json!({})
    } else {
        entry["MessageAttributes"].clone()
    };
    let message = message(body.to_owned(), attributes, now, Duration::from_secs(delay));
    let mut told = json!({ "MessageId": message.id, "MD5OfMessageBody": hex_md5(body.as_bytes()) });
    if let Some(digest) = attributes_md5(&message.attributes) {
        told["MD5OfMessageAttributes"] = json!(digest);
    }
    queue.push(message);
    Ok(told)
}

/// Does each entry for itself: one that fails leaves the others done.
fn batch(body: &Value, mut work: impl FnMut(&Value) -> Answer) -> Answer {
    let entries = body["Entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    if entries.is_empty() {
        let message = "There should be at least one entry in the request.";
        return Err(Refusal::new(400, "EmptyBatchRequest", message));
    }
    if entries.len() > 10 {
        let message = format!(
            "Maximum number of entries per request are 10. You have sent {}.",
            entries.len()
        );
        return Err(Refusal::new(400, "TooManyEntriesInBatchRequest", message));
    }
    let mut ids = std::collections::BTreeSet::new();
    if let Some(twice) =
        entries.iter().map(|entry| entry["Id"].to_string()).find(|id| !ids.insert(id.clone()))
    {
        return Err(Refusal::new(400, "BatchEntryIdsNotDistinct", format!("Id {twice} repeated.")));
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        match work(entry) {
            Ok(mut told) => {
                told["Id"] = entry["Id"].clone();
                done.push(told);
            }
            Err(refusal) if refusal.code == "QueueDoesNotExist" => return Err(refusal),
            Err(refusal) => failed.push(json!({
                "Id": entry["Id"], "SenderFault": true, "Code": refusal.code, "Message": refusal.message,
            })),
        }
    }
    Ok(json!({ "Successful": done, "Failed": failed }))
}

async fn receive(world: &World, body: &Value) -> Answer {
    let bounded = |name: &str, default: u64, least: u64, most: u64| {
        match &body[name] {
        Value::Null => Ok(default),
        given => given.as_u64().filter(|given| (least..=most).contains(given)).ok_or_else(|| {
            Refusal::new(400, "InvalidParameterValue", format!(
                "Value {given} for parameter {name} is invalid. Reason: Must be >= {least} and <= {most}, if provided."
            ))
        }),
    }
    };
    let url = &body["QueueUrl"];
    let (visibility, wait) = world.sqs.with(url, |queue| {
        (queue.seconds("VisibilityTimeout"), queue.seconds("ReceiveMessageWaitTimeSeconds"))
    })?;
    let most = bounded("MaxNumberOfMessages", 1, 1, 10)?;
    let visibility = Duration::from_secs(bounded("VisibilityTimeout", visibility, 0, 43_200)?);
    let until =
        tokio::time::Instant::now() + Duration::from_secs(bounded("WaitTimeSeconds", wait, 0, 20)?);
    let mut stopping = world.stopping.clone();
    loop {
        let arrived = world.sqs.arrived.notified();
        tokio::pin!(arrived);
        arrived.as_mut().enable();
        let taken = take(world, body, most, visibility)?;
        if !taken.is_empty() {
            return Ok(json!({ "Messages": taken }));
        }
        // A message whose timeout or delay ends is looked for every 50 ms.
        let again = until.min(tokio::time::Instant::now() + Duration::from_millis(50));
        if tokio::time::Instant::now() >= until || *stopping.borrow() {
            return Ok(json!({}));
        }
        tokio::select! {
            () = &mut arrived => {}
            () = tokio::time::sleep_until(again) => {}
            _ = stopping.changed() => {}
        }
    }
}

fn take(
    world: &World,
    body: &Value,
    most: u64,
    visibility: Duration,
) -> Result<Vec<Value>, Refusal> {
    let now = world.clock.now();
    let asked = |name: &str| -> Vec<&str> {
        body[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    };
    let mut system = asked("MessageSystemAttributeNames");
    system.extend(asked("AttributeNames"));
    let custom = asked("MessageAttributeNames");
    let (taken, dead) = world.sqs.with(&body["QueueUrl"], |queue| {
        queue.expire(now);
        let redrive = queue.redrive();
        let mut dead = Vec::new();
        if let Some((name, count)) = redrive {
            let (kept, gone) = std::mem::take(&mut queue.messages)
                .into_iter()
                .partition(|message| message.visible > now || message.received < count);
            queue.messages = kept;
            queue.counted.dead += VecDeque::len(&gone) as u64;
            dead.push((name, gone));
        }
        let mut taken = Vec::new();
        for message in queue.messages.iter_mut().filter(|message| message.visible <= now) {
            if taken.len() as u64 == most {
                break;
            }
            message.received += 1;
            message.first_received.get_or_insert(now);
            message.visible = clock::after(now, visibility);
            message.receipt = Some(uuid::Uuid::new_v4().to_string());
            taken.push(shown(message, &system, &custom));
        }
        queue.counted.received += taken.len() as u64;
        (taken, dead)
    })?;
    let source = world.sqs.name(&body["QueueUrl"])?;
    let mut queues = lock(&world.sqs.queues);
    for (name, mut gone) in dead {
        gone.iter_mut().for_each(|message| message.died_in = Some(source.clone()));
        if let Some(queue) = queues.get_mut(&name) {
            queue.counted.sent += gone.len() as u64;
            queue.messages.extend(gone);
        }
    }
    Ok(taken)
}

fn shown(message: &Message, system: &[&str], custom: &[&str]) -> Value {
    let mut shown = json!({
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": hex_md5(message.body.as_bytes()),
        "Body": message.body,
    });
    let first = message.first_received.unwrap_or(message.sent);
    let all = [
        ("ApproximateReceiveCount", message.received.to_string()),
        ("SentTimestamp", message.sent.as_millisecond().to_string()),
        ("ApproximateFirstReceiveTimestamp", first.as_millisecond().to_string()),
        ("SenderId", ACCOUNT.to_owned()),
    ];
    let attributes: Map<String, Value> = all
        .into_iter()
        .filter(|(name, _)| system.contains(&"All") || system.contains(name))
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    if !attributes.is_empty() {
        shown["Attributes"] = Value::Object(attributes);
    }
    let attributes: Map<String, Value> = message
        .attributes
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| {
            custom.contains(&"All") || custom.contains(&".*") || custom.contains(&name.as_str())
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !attributes.is_empty() {
        let attributes = Value::Object(attributes);
        shown["MD5OfMessageAttributes"] = json!(attributes_md5(&attributes));
        shown["MessageAttributes"] = attributes;
    }
    shown
}

fn held<'a>(queue: &'a mut Queue, entry: &Value) -> Option<(usize, &'a mut Message)> {
    let receipt = entry["ReceiptHandle"].as_str()?;
    queue
        .messages
        .iter_mut()
        .enumerate()
        .find(|(_, message)| message.receipt.as_deref() == Some(receipt))
}

/// Deleting what is gone succeeds; a handle that never was one is refused.
fn delete(queue: &mut Queue, entry: &Value) -> Answer {
    if let Some((index, _)) = held(queue, entry) {
        queue.messages.remove(index);
        queue.counted.deleted += 1;
        return Ok(json!({}));
    }
    known_form(entry).map(|()| json!({}))
}

fn change_visibility(queue: &mut Queue, body: &Value, now: Timestamp) -> Answer {
    let seconds = body["VisibilityTimeout"]
        .as_u64()
        .filter(|seconds| *seconds <= 43_200)
        .ok_or_else(|| {
            Refusal::new(
                400,
                "InvalidParameterValue",
                "VisibilityTimeout must be between 0 and 43200",
            )
        })?;
    match held(queue, body) {
        Some((_, message)) if message.visible > now => {
            message.visible = clock::after(now, Duration::from_secs(seconds));
            Ok(json!({}))
        }
        Some(_) => Err(Refusal::new(400, "MessageNotInflight", "The message is not in flight.")),
        None => {
            known_form(body)?;
            let message =
                "Message does not exist or is not available for visibility timeout change.";
            Err(Refusal::new(400, "InvalidParameterValue", message))
        }
    }
}

fn known_form(entry: &Value) -> Result<(), Refusal> {
    let receipt = entry["ReceiptHandle"].as_str().unwrap_or_default();
    if uuid::Uuid::parse_str(receipt).is_ok() {
        return Ok(());
    }
    Err(Refusal::new(400, "ReceiptHandleIsInvalid", "The input receipt handle is invalid."))
}

fn hex_md5(bytes: &[u8]) -> String {
    format!("{:x}", Md5::digest(bytes))
}

/// SQS developer guide, "Calculating the MD5 message digest for message attributes": by name, each part with
/// its length, the value after a byte for its kind.
fn attributes_md5(attributes: &Value) -> Option<String> {
    let attributes = attributes.as_object().filter(|attributes| !attributes.is_empty())?;
    let mut hash = Md5::new();
    let mut part = |bytes: &[u8], kind: Option<u8>| {
        hash.update(kind.as_slice());
        hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(bytes);
    };
    let sorted: BTreeMap<_, _> = attributes.iter().collect();
    for (name, value) in sorted {
        part(name.as_bytes(), None);
        part(value["DataType"].as_str().unwrap_or_default().as_bytes(), None);
        match value["BinaryValue"].as_str() {
            Some(encoded) => {
                use base64::Engine as _;
                let bytes =
                    base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default();
                part(&bytes, Some(2));
            }
            None => part(value["StringValue"].as_str().unwrap_or_default().as_bytes(), Some(1)),
        }
    }
    Some(format!("{:x}", hash.finalize()))
}
