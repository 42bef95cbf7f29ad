//! Connect: outbound calls that ring once per `ClientToken`, and end as scripted.

mod events;
mod instance;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    aws::{self, ACCOUNT, Answer, REGION, Refusal},
    clock,
    faults::Kind,
    options::FlowState,
    route::Call,
    service::Service,
    world::{World, lock},
};

pub(crate) const INSTANCE_ID: &str = "a7a5a4d0-0000-4000-8000-000000000001";
pub(crate) const FLOW_ID: &str = "a7a5a4d0-0000-4000-8000-00000000f10e";
pub(crate) const QUEUE_ID: &str = "a7a5a4d0-0000-4000-8000-0000000c0e0e";
pub(crate) const SOURCE_NUMBER: &str = "+14155550100";

/// A token is remembered for seven days.
const TOKEN_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// How a call ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody answers.
    Answered,
    /// The line is busy.
    Busy,
    /// It rings in vain.
    NoAnswer,
    /// The network fails.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Answered, Self::Busy, Self::NoAnswer, Self::Failed];

    /// The name, as in the contract of the workflow.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "ANSWERED",
            Self::Busy => "BUSY",
            Self::NoAnswer => "NO_ANSWER",
            Self::Failed => "FAILED",
        }
    }

    /// The outcome of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }

    fn disconnect_reason(self) -> &'static str {
        match self {
            Self::Answered => "CUSTOMER_DISCONNECT",
            Self::Busy => "TELECOM_BUSY",
            Self::NoAnswer => "TELECOM_UNANSWERED",
            Self::Failed => "TELECOM_PROBLEM",
        }
    }
}

/// What the instance knows of its contacts.
#[derive(Debug, Default)]
pub(crate) struct Instance {
    scripts: BTreeMap<String, Vec<Outcome>>,
    contacts: BTreeMap<String, Contact>,
    tokens: HashMap<String, (String, Timestamp)>,
    rings: BTreeMap<String, usize>,
    /// How many calls go on.
    active: usize,
    /// What is left of the rate, and when that was counted.
    allowance: Option<(f64, Timestamp)>,
}

#[derive(Debug, Clone)]
struct Contact {
    id: String,
    number: String,
    token: Option<String>,
    /// The how-manieth ring of the number, from 0.
    ring: usize,
    outcome: Outcome,
    attributes: Value,
    initiated: Timestamp,
    connected: Option<Timestamp>,
    disconnected: Option<Timestamp>,
}

impl Instance {
    pub(crate) fn new(scripts: BTreeMap<String, Vec<Outcome>>) -> Self {
        Self { scripts, ..Self::default() }
    }

    pub(crate) fn script(&mut self, number: String, outcomes: Vec<Outcome>) {
        self.scripts.insert(number, outcomes);
    }

    pub(crate) fn forget(&mut self) {
        let scripts = std::mem::take(&mut self.scripts);
        *self = Self::new(scripts);
    }

    pub(crate) fn shown(&self) -> Value {
        let shown = self.contacts.values().map(|contact| {
            let body = json!({
                "number": contact.number,
                "clientToken": contact.token,
                "outcome": contact.outcome.name(),
                "ended": contact.disconnected.is_some(),
            });
            (contact.id.clone(), body)
        });
        shown.collect()
    }

    /// Who was rung, by number and in order, and which tokens rang more than once.
    pub(crate) fn rings(&self) -> Value {
        let mut contacts: Vec<&Contact> = self.contacts.values().collect();
        contacts.sort_by_key(|contact| (&contact.number, contact.ring));
        let mut numbers: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let mut tokens: BTreeMap<&str, u64> = BTreeMap::new();
        for contact in contacts {
            numbers.entry(&contact.number).or_default().push(json!({
                "clientToken": contact.token,
                "contactId": contact.id,
                "at": format!("{:.3}", contact.initiated),
                "outcome": contact.outcome.name(),
                "ended": contact.disconnected.is_some(),
                // Whoever sets the attributes says by them what the call is about.
                "attributes": contact.attributes,
            }));
            if let Some(token) = &contact.token {
                *tokens.entry(token).or_default() += 1;
            }
        }
        let twice: Vec<&str> =
            tokens.into_iter().filter(|(_, rings)| *rings > 1).map(|(token, _)| token).collect();
        json!({ "numbers": numbers, "tokensThatRangTwice": twice })
    }

    /// How this ring of the number ends.
    fn outcome(&self, number: &str, ring: usize) -> Outcome {
        if let Some(last) =
            self.scripts.get(number).and_then(|script| Some((script, script.last()?)))
        {
            return last.0.get(ring).copied().unwrap_or(*last.1);
        }
        match number.get(number.len().saturating_sub(4)..) {
            Some("0190") => Outcome::Busy,
            Some("0191") => Outcome::NoAnswer,
            Some("0192") => Outcome::Failed,
            Some("0193") if ring == 0 => Outcome::Busy,
            _ => Outcome::Answered,
        }
    }

    /// Takes one request from the rate, if any is left.
    fn within_rate(&mut self, rate: Option<f64>, now: Timestamp) -> bool {
        const BURST: f64 = 5.0;
        let Some(rate) = rate else { return true };
        let (left, since) = self.allowance.unwrap_or((BURST, now));
        let left = (left + now.duration_since(since).as_secs_f64() * rate).min(BURST);
        self.allowance = Some((if left >= 1.0 { left - 1.0 } else { left }, now));
        left >= 1.0
    }
}

pub(crate) fn answer(world: &Arc<World>, call: &Call, body: &Value) -> Answer {
    let now = world.clock.now();
    if !lock(&world.connect).within_rate(world.options.connect.requests_per_second, now) {
        return Err(aws::throttled(Service::Connect, &call.operation));
    }
    match call.operation.as_str() {
        "StartOutboundVoiceContact" => start(world, body),
        "StopContact" => stop(world, body),
        "DescribeInstance" => instance::describe(&world.options.connect, &call.path),
        "DescribeContactFlow" => instance::contact_flow(&world.options.connect, &call.path),
        "DescribeQueue" => instance::queue(&world.options.connect, &call.path),
        "ListPhoneNumbersV2" => instance::phone_numbers(&world.options.connect, body),
        _ => describe(world, &call.path),
    }
}

fn start(world: &Arc<World>, body: &Value) -> Answer {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    check_instance(text("InstanceId"))?;
    let options = &world.options.connect;
    if text("ContactFlowId") != FLOW_ID || options.flow != FlowState::Published {
        return Err(Refusal::new(404, "ResourceNotFoundException", "Contact flow not found"));
    }
    let number = text("DestinationPhoneNumber");
    check_number(number)?;
    if body["SourcePhoneNumber"].is_null() && body["QueueId"].is_null() {
        let message = "SourcePhoneNumber or QueueId is required where the flow sets no queue";
        return Err(Refusal::new(400, "InvalidRequestException", message));
    }
    let claimed = |source: &&str| options.numbers.iter().any(|number| number == source);
    if let Some(source) = body["SourcePhoneNumber"].as_str().filter(|source| !claimed(source)) {
        let message = format!("SourcePhoneNumber {source} is not claimed to this instance");
        return Err(Refusal::new(400, "InvalidParameterException", message));
    }
    check_attributes(&body["Attributes"])?;
    if !options.outbound_calls {
        let message = "Outbound calls are not enabled for this instance";
        return Err(Refusal::new(403, "OutboundContactNotPermittedException", message));
    }
    let starts = |prefix: &String| number.starts_with(prefix.as_str());
    if !options.allowed_prefixes.iter().any(starts) || options.blocked_prefixes.iter().any(starts) {
        let message = "Outbound calls to the destination number are not allowed";
        return Err(Refusal::new(403, "DestinationNotAllowedException", message));
    }
    if body["TrafficType"] == "CAMPAIGN"
        || body["AnswerMachineDetectionConfig"]["EnableAnswerMachineDetection"] == true
    {
        let message = "Campaign traffic is not enabled for this instance";
        return Err(Refusal::new(403, "OutboundContactNotPermittedException", message));
    }
    let token = body["ClientToken"].as_str();
    if let Some(token) = token {
        world.counters.add("startsByToken", token);
    }
    let now = world.clock.now();
    let contact = {
        let mut instance = lock(&world.connect);
        if let Some((id, until)) = token.and_then(|token| instance.tokens.get(token))
            && *until > now
        {
            return Ok(json!({ "ContactId": id }));
        }
        let ring = instance.rings.get(number).copied().unwrap_or(0);
        *instance.rings.entry(number.to_owned()).or_default() += 1;
        let over = options.concurrent_calls.is_some_and(|most| instance.active >= most);
        instance.active += 1;
        let outcome = if over { Outcome::Busy } else { instance.outcome(number, ring) };
        let id = contact_id(world.options.seed, token, number, ring);
        let contact = Contact {
            id: id.clone(),
            number: number.to_owned(),
            token: token.map(str::to_owned),
            ring,
            outcome,
            attributes: if body["Attributes"].is_null() {
                json!({})
            } else {
                body["Attributes"].clone()
            },
            initiated: now,
            connected: None,
            disconnected: None,
        };
        if let Some(token) = token {
            instance.tokens.insert(token.to_owned(), (id.clone(), clock::after(now, TOKEN_LIFE)));
        }
        instance.contacts.insert(id, contact.clone());
        contact
    };
    world.counters.add("ringsByNumber", number);
    if let Some(token) = token {
        world.counters.add("ringsByToken", token);
    }
    let id = contact.id;
    let faults =
        world.faults.draw(Service::ContactEvents, "deliver", || token.unwrap_or(&id).to_owned());
    if faults.contains(&Kind::Early) {
        end(world, &id, &faults);
    } else {
        let talk = if contact.outcome == Outcome::Answered { options.talk } else { Duration::ZERO };
        let (world, id) = (world.clone(), id.clone());
        tokio::spawn(async move {
            tokio::time::sleep(talk).await;
            end(&world, &id, &faults);
        });
    }
    Ok(json!({ "ContactId": id }))
}

/// The call is over: notes it, and sends its events on their way. Ending twice changes nothing.
fn end(world: &Arc<World>, id: &str, faults: &[Kind]) {
    let now = world.clock.now();
    let ended = {
        let mut instance = lock(&world.connect);
        let going_on =
            instance.contacts.get_mut(id).filter(|contact| contact.disconnected.is_none());
        let ended = going_on.map(|contact| {
            contact.connected = (contact.outcome == Outcome::Answered).then_some(contact.initiated);
            contact.disconnected = Some(now);
            contact.clone()
        });
        instance.active -= usize::from(ended.is_some());
        ended
    };
    if let Some(contact) = ended {
        events::deliver(world, &contact, faults);
    }
}

fn stop(world: &Arc<World>, body: &Value) -> Answer {
    check_instance(body["InstanceId"].as_str().unwrap_or_default())?;
    let id = body["ContactId"].as_str().unwrap_or_default();
    let ended = lock(&world.connect).contacts.get(id).map(|contact| contact.disconnected.is_some());
    match ended {
        None => Err(Refusal::new(404, "ResourceNotFoundException", "Contact not found")),
        Some(true) => Err(Refusal::new(410, "ContactNotFoundException", "The contact has ended")),
        Some(false) => {
            end(world, id, &[]);
            Ok(json!({}))
        }
    }
}

fn describe(world: &World, path: &[String]) -> Answer {
    let part = |index: usize| path.get(index).map_or("", String::as_str);
    check_instance(part(1))?;
    let instance = lock(&world.connect);
    let contact = instance
        .contacts
        .get(part(2))
        .ok_or_else(|| Refusal::new(404, "ResourceNotFoundException", "Contact not found"))?;
    let seconds = |at: Timestamp| json!(clock::epoch_seconds(at));
    let mut shown = json!({
        "Arn": contact_arn(&contact.id),
        "Id": contact.id,
        "InitiationMethod": "API",
        "Channel": "VOICE",
        "InitiationTimestamp": seconds(contact.initiated),
        "LastUpdateTimestamp": seconds(contact.disconnected.unwrap_or(contact.initiated)),
        "Attributes": contact.attributes,
        "CustomerEndpoint": { "Type": "TELEPHONE_NUMBER", "Address": contact.number },
        "SystemEndpoint": { "Type": "TELEPHONE_NUMBER", "Address": SOURCE_NUMBER },
    });
    if let Some(at) = contact.connected {
        shown["ConnectedToSystemTimestamp"] = seconds(at);
    }
    if let Some(at) = contact.disconnected {
        shown["DisconnectTimestamp"] = seconds(at);
        shown["DisconnectReason"] = json!(contact.outcome.disconnect_reason());
    }
    Ok(json!({ "Contact": shown }))
}

/// An instance is named by its id or its ARN.
fn check_instance(given: &str) -> Result<(), Refusal> {
    if given == INSTANCE_ID || given == instance_arn() {
        return Ok(());
    }
    Err(Refusal::new(404, "ResourceNotFoundException", "Instance not found"))
}

fn check_number(number: &str) -> Result<(), Refusal> {
    let digits = number.strip_prefix('+').unwrap_or_default();
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain && (2..=15).contains(&digits.len()) && !digits.starts_with('0') {
        return Ok(());
    }
    Err(Refusal::new(
        400,
        "InvalidParameterException",
        "DestinationPhoneNumber is not in E.164 format",
    ))
}

/// Keys are letters, digits, `-` and `_`; all pairs together have 32,768 bytes.
fn check_attributes(attributes: &Value) -> Result<(), Refusal> {
    let Some(attributes) = attributes.as_object() else { return Ok(()) };
    let plain = |key: &String| {
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if let Some(key) = attributes.keys().find(|key| !plain(key)) {
        let message = format!("Attribute key `{key}` may hold letters, digits, - and _ only");
        return Err(Refusal::new(400, "InvalidParameterException", message));
    }
    let size: usize =
        attributes.iter().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum();
    if size > 32_768 {
        let message = "Attributes have more than 32768 bytes";
        return Err(Refusal::new(400, "InvalidParameterException", message));
    }
    Ok(())
}

fn contact_id(seed: u64, token: Option<&str>, number: &str, ring: usize) -> String {
    let digest = Sha256::digest(format!("{seed} {token:?} {number} {ring}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn instance_arn() -> String {
    format!("arn:aws:connect:{REGION}:{ACCOUNT}:instance/{INSTANCE_ID}")
}

fn contact_arn(id: &str) -> String {
    format!("{}/contact/{id}", instance_arn())
}
