//! `InvokeOutboundCallHandler`: places one attempt, and never rings twice for it.
//!
//! The reservation, the suppression list and the pace are asked beside each other, and the attempt is
//! marked as dialling beside Connect itself: the `ClientToken` alone prevents a second ring, so an
//! attempt without a contact counts as "perhaps rung" whatever its state says. The one exception is
//! an attempt that is noted as waiting: Connect has certainly not been asked, and is then asked only
//! after the mark has been removed.

use std::{collections::BTreeMap, sync::Arc};

use definitions::contract::{
    InvokeOutboundCallError as Error, InvokeOutboundCallInput, PhoneNumber,
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    clock::Clock,
    connect::{
        Contact, OutboundCall, Telephony, TelephonyError, all_of, outcome_of, unknown_outcome,
    },
    gate::{self, Reason, Rules},
    observe::{Service, count},
    raised::Raised,
    records::{
        Attempt, AttemptKey, AttemptRecords, AttemptState, NewAttempt, Pace, PhoneHashKey, Refusal,
        Reserved, Slot, StoreUnavailable, SuppressionList,
    },
    workflow::{Callbacks, CompletionError, complete, send_again},
};

/// How long Connect knows a `ClientToken`.
const CLIENT_TOKEN_KNOWN_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Connect's limit for all attributes together.
const MOST_ATTRIBUTE_BYTES: usize = 32_768;

/// What the handler needs.
pub struct Deps {
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// The attempts.
    pub records: Arc<dyn AttemptRecords>,
    /// The numbers that must not be called.
    pub suppression: Arc<dyn SuppressionList>,
    /// The pace.
    pub pace: Arc<dyn Pace>,
    /// Connect.
    pub telephony: Arc<dyn Telephony>,
    /// Step Functions.
    pub callbacks: Arc<dyn Callbacks>,
    /// What the gate lets through.
    pub rules: Rules,
    /// How numbers are hashed.
    pub phone_hash_key: PhoneHashKey,
    /// After how long the sweeper looks at an attempt whose end nobody told.
    pub overdue_after: SignedDuration,
}

/// Places the attempt; the contact's end is the step's result.
pub async fn run(event: InvokeOutboundCallInput, deps: &Deps) -> Result<(), Raised<Error>> {
    let now = deps.clock.now();
    let call = Call::of(event, deps)?;
    let mut reasons = gate::reasons_against(&call.request(), &deps.rules, now);
    let new = call.new_attempt(!reasons.is_empty(), now, now + deps.overdue_after);

    let (reserved, suppressed, slot) = tokio::join!(
        deps.records.reserve(&new),
        deps.suppression.holds(&new.phone_hash),
        take_slot(&call.key, reasons.is_empty(), now, deps),
    );
    let known = match reserved.map_err(store)? {
        Reserved::New => None,
        Reserved::Existing(_) => {
            let due_at = now + deps.overdue_after;
            let token = &call.event.task_token;
            let known = deps.records.renew_token(&call.key, token, due_at).await.map_err(store)?;
            match known.state {
                AttemptState::Reserved | AttemptState::Dialing => Some(known),
                AttemptState::Dialed => return look_up(&known, now, deps).await,
                AttemptState::Ended => {
                    let _ = deps.pace.release(&call.key).await;
                    let sent = send_again(known, &*deps.records, &*deps.callbacks).await;
                    return sent.map(drop).map_err(completion);
                }
                AttemptState::NotPlaced => {
                    let _ = deps.pace.release(&call.key).await;
                    return Err(refused_before(&known));
                }
            }
        }
    };

    if suppressed.map_err(store)? {
        reasons.push(Reason::Suppressed);
    }
    if let Some(known) = &known
        && now.duration_since(known.reserved_at) >= CLIENT_TOKEN_KNOWN_FOR
        && !known.waiting
    {
        return hold(known, "the attempt is too old to be asked again", now, deps).await;
    }
    if !reasons.is_empty() {
        let cause = gate::sentence(&reasons);
        return match &known {
            Some(known) if !known.waiting => hold(known, &cause, now, deps).await,
            _ => Err(refuse(&call.key, Error::CallNotAllowed, cause, deps).await?),
        };
    }
    match slot.map_err(store)? {
        Slot::Taken => {}
        full @ (Slot::TooFast | Slot::TooMany) => {
            let certain = known.as_ref().is_none_or(|known| known.waiting);
            return Err(wait(&call.key, full, certain, deps).await);
        }
    }
    if known.is_some_and(|known| known.waiting) {
        deps.records.dialing(&call.key, now).await.map_err(store)?;
    }
    place(&call, now, deps).await
}

/// Asks Connect to ring.
async fn place(call: &Call, now: Timestamp, deps: &Deps) -> Result<(), Raised<Error>> {
    let request = call.outbound();
    // Where the mark fails, the contact is stored all the same.
    let (_, started) = tokio::join!(
        deps.records.dialing(&call.key, now),
        deps.telephony.start_outbound_voice_contact(&request),
    );
    let contact_id = match started {
        Ok(contact_id) => contact_id,
        Err(error) => return Err(not_started(&call.key, error, deps).await?),
    };
    let due_at = now + deps.overdue_after;
    let attempt = deps.records.dialed(&call.key, &contact_id, now, due_at).await.map_err(store)?;
    take_early_end(&attempt, &contact_id, now, deps).await.map(drop)
}

/// An event may have come before the attempt knew its contact. Whether it had.
async fn take_early_end(
    attempt: &Attempt,
    contact_id: &str,
    now: Timestamp,
    deps: &Deps,
) -> Result<bool, Raised<Error>> {
    let end = deps.records.tie_contact(contact_id, &attempt.key).await.map_err(store)?;
    let Some(end) = end else { return Ok(false) };
    match all_of(contact_id, end, &*deps.telephony).await {
        Ok(end) => finish(attempt, &outcome_of(contact_id, &end), now, deps).await?,
        // The sweeper asks again.
        Err(_) => leave_to_sweeper(attempt, now, deps).await?,
    }
    Ok(true)
}

/// A redrive of an attempt that has its contact: it has ended, or its end is still to come.
async fn look_up(attempt: &Attempt, now: Timestamp, deps: &Deps) -> Result<(), Raised<Error>> {
    let Some(contact_id) = attempt.contact_id.as_deref() else {
        return hold(attempt, "the attempt has no contact", now, deps).await;
    };
    if take_early_end(attempt, contact_id, now, deps).await? {
        return Ok(());
    }
    match deps.telephony.describe_contact(contact_id).await {
        Ok(Contact::Ended(end)) => finish(attempt, &outcome_of(contact_id, &end), now, deps).await,
        Ok(Contact::Open) => Ok(()),
        // The event or the sweeper will tell.
        Ok(Contact::Missing) | Err(_) => leave_to_sweeper(attempt, now, deps).await,
    }
}

async fn leave_to_sweeper(
    attempt: &Attempt,
    now: Timestamp,
    deps: &Deps,
) -> Result<(), Raised<Error>> {
    let soon = now + SignedDuration::from_mins(1);
    deps.records.postpone(&attempt.key, soon).await.map_err(store)
}

async fn finish(
    attempt: &Attempt,
    outcome: &definitions::contract::CallOutcome,
    now: Timestamp,
    deps: &Deps,
) -> Result<(), Raised<Error>> {
    let (records, pace, callbacks) = (&*deps.records, &*deps.pace, &*deps.callbacks);
    let ending = complete(&attempt.key, outcome, now, records, pace, callbacks).await;
    ending.map(drop).map_err(completion)
}

/// Nobody knows whether it rang, and it must not ring again: the step ends as unknown, and the
/// attempt is held for an operator.
async fn hold(
    attempt: &Attempt,
    cause: &str,
    now: Timestamp,
    deps: &Deps,
) -> Result<(), Raised<Error>> {
    let outcome = unknown_outcome(attempt.contact_id.as_deref(), cause);
    let token = &attempt.task_token;
    let sent = deps.callbacks.send_task_success(token, &outcome).await;
    sent.map_err(|error| completion(error.into()))?;
    deps.records.held(&attempt.key, token, now).await.map_err(store)?;
    count(Service::Connect, "Held");
    Ok(())
}

/// It certainly did not ring, and will not.
async fn refuse(
    key: &AttemptKey,
    error: Error,
    cause: String,
    deps: &Deps,
) -> Result<Raised<Error>, Raised<Error>> {
    let refusal = Refusal { error, cause };
    let attempt = deps.records.not_placed(key, &refusal).await.map_err(store)?;
    let _ = deps.pace.release(key).await;
    // Another run of the same attempt may have been faster.
    Ok(match attempt.state {
        AttemptState::NotPlaced => refused_before(&attempt),
        AttemptState::Reserved
        | AttemptState::Dialing
        | AttemptState::Dialed
        | AttemptState::Ended => {
            Raised::new(Error::Unavailable, "the attempt was placed meanwhile")
        }
    })
}

fn refused_before(attempt: &Attempt) -> Raised<Error> {
    match &attempt.refusal {
        Some(refusal) => Raised::new(refusal.error, refusal.cause.clone()),
        None => Raised::new(Error::CallNotAllowed, "the attempt was refused before"),
    }
}

/// There is no room now. Where nobody asked Connect before, that is noted: should the gate close
/// meanwhile, the call was certainly not placed.
async fn wait(key: &AttemptKey, full: Slot, certain: bool, deps: &Deps) -> Raised<Error> {
    if certain {
        // Without the note the attempt counts as perhaps rung, which is safe.
        let _ = deps.records.waiting(key).await;
        let _ = deps.pace.release(key).await;
    }
    count(Service::Connect, "PaceRefusals");
    let cause = match full {
        Slot::TooMany => "as many calls are going on as Connect carries",
        Slot::TooFast | Slot::Taken => "as many calls are started in this second as Connect takes",
    };
    Raised::new(Error::Throttled, cause)
}

/// Connect did not give a contact.
async fn not_started(
    key: &AttemptKey,
    error: TelephonyError,
    deps: &Deps,
) -> Result<Raised<Error>, Raised<Error>> {
    let cause = error.to_string();
    let error = match error {
        TelephonyError::Throttled => return Ok(Raised::new(Error::Throttled, cause)),
        TelephonyError::Unavailable(_) => return Ok(Raised::new(Error::Unavailable, cause)),
        TelephonyError::DestinationNotAllowed => Error::DestinationNotAllowed,
        TelephonyError::NotPermitted(_) => Error::NotPermitted,
        TelephonyError::InvalidRequest(_) => Error::InputInvalid,
    };
    refuse(key, error, cause, deps).await
}

async fn take_slot(
    key: &AttemptKey,
    wanted: bool,
    now: Timestamp,
    deps: &Deps,
) -> Result<Slot, StoreUnavailable> {
    if wanted { deps.pace.take(key, now).await } else { Ok(Slot::Taken) }
}

fn store(error: StoreUnavailable) -> Raised<Error> {
    Raised::new(Error::StoreUnavailable, error.cause)
}

/// The attempt has its end in the table, and the step is tried again with a new token.
fn completion(error: CompletionError) -> Raised<Error> {
    match error {
        CompletionError::Store(error) => store(error),
        CompletionError::Workflow(error) => Raised::new(Error::Unavailable, error.to_string()),
    }
}

/// One call, out of the event.
struct Call {
    key: AttemptKey,
    event: InvokeOutboundCallInput,
    phone_hash: crate::records::PhoneHash,
    attributes: BTreeMap<String, String>,
}

impl Call {
    fn of(event: InvokeOutboundCallInput, deps: &Deps) -> Result<Self, Raised<Error>> {
        if let Some(caller_id) = &event.caller_id
            && !caller_id.is_empty()
            && caller_id.parse::<PhoneNumber>().is_err()
        {
            let cause = "`callerId` is no phone number in E.164";
            return Err(Raised::new(Error::InputInvalid, cause));
        }
        let key =
            AttemptKey { interaction_key: event.interaction_key.clone(), attempt: event.attempt };
        let attributes = attributes(&event);
        let bytes = attributes.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
        if bytes > MOST_ATTRIBUTE_BYTES {
            let cause = format!("the scenario's opening is too long for Connect ({bytes} bytes)");
            return Err(Raised::new(Error::InputInvalid, cause));
        }
        let phone_hash = deps.phone_hash_key.hash(&event.lead.phone);
        Ok(Self { key, event, phone_hash, attributes })
    }

    fn request(&self) -> gate::Request<'_> {
        gate::Request {
            phone: &self.event.lead.phone,
            time_zone: &self.event.call.time_zone,
            consent: &self.event.consent,
            attempt: self.event.attempt,
            max_attempts: self.event.call.max_attempts,
        }
    }

    fn new_attempt(&self, waiting: bool, reserved_at: Timestamp, due_at: Timestamp) -> NewAttempt {
        NewAttempt {
            key: self.key.clone(),
            lead_id: self.event.lead_id.clone(),
            scenario: self.event.scenario.clone(),
            task_token: self.event.task_token.clone(),
            phone_hash: self.phone_hash.clone(),
            waiting,
            reserved_at,
            due_at,
        }
    }

    fn outbound(&self) -> OutboundCall {
        OutboundCall {
            destination: self.event.lead.phone.clone(),
            caller_id: self.event.caller_id.clone().filter(|number| !number.is_empty()),
            client_token: self.key.client_token(),
            attributes: self.attributes.clone(),
        }
    }
}

/// What the contact flow is told: enough to begin to speak, and by which key to ask for more.
fn attributes(event: &InvokeOutboundCallInput) -> BTreeMap<String, String> {
    [
        ("interactionKey", event.interaction_key.as_str().to_owned()),
        ("attempt", event.attempt.to_string()),
        ("language", spoken(&event.scenario.language)),
        ("opening", spoken(&event.scenario.opening)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A text that a voice speaks: nothing in it is markup.
fn spoken(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '<' | '>')).collect()
}

#[cfg(test)]
mod tests;
