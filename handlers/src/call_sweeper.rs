//! `CallSweeperHandler`: every few minutes, looks at the attempts whose end nobody told.
//!
//! It never rings. An attempt that may have rung without our knowing its contact ends as unknown, and is
//! held for an operator.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    clock::Clock,
    connect::{Contact, Telephony, TelephonyError, outcome_of, unknown_outcome},
    observe::{Service, Unit, about, count, metric, warn},
    records::{Attempt, AttemptRecords, AttemptState, Pace, StoreUnavailable},
    workflow::{Callbacks, CompletionError, complete, send_again},
};

/// Attempts that one sweep looks at; the next sweep goes on.
const MOST_IN_ONE_SWEEP: u32 = 100;
/// When a call that goes on is looked at again.
const LOOK_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(5);

/// What the handler needs.
pub struct Deps {
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// The attempts.
    pub records: Arc<dyn AttemptRecords>,
    /// The pace.
    pub pace: Arc<dyn Pace>,
    /// Connect.
    pub telephony: Arc<dyn Telephony>,
    /// Step Functions.
    pub callbacks: Arc<dyn Callbacks>,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sweep {
    /// Attempts that came to their end.
    pub settled: u32,
    /// Calls that go on.
    pub open: u32,
    /// Attempts that an operator has to look at.
    pub held: u32,
    /// Attempts that the next sweep looks at again.
    pub failed: u32,
}

enum Looked {
    Settled,
    Open,
    Held,
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Completion(#[from] CompletionError),
    #[error(transparent)]
    Telephony(#[from] TelephonyError),
}

/// Looks at what is overdue.
pub async fn run(deps: &Deps) -> Result<Sweep, StoreUnavailable> {
    let now = deps.clock.now();
    let mut sweep = Sweep::default();
    let mut oldest = SignedDuration::ZERO;
    for key in deps.records.overdue(now, MOST_IN_ONE_SWEEP).await? {
        // The index lags behind; what counts is the attempt itself.
        let attempt = deps.records.attempt(&key).await?;
        let due = |attempt: &Attempt| attempt.due_at.is_some_and(|due| due <= now);
        let Some(attempt) = attempt.filter(due) else { continue };
        let age = now.duration_since(attempt.reserved_at);
        match about(&key.interaction_key, look_at(attempt, now, deps)).await {
            Ok(Looked::Settled) => sweep.settled += 1,
            Ok(Looked::Open) => {
                sweep.open += 1;
                oldest = oldest.max(age);
            }
            Ok(Looked::Held) => {
                warn("held for an operator", &key);
                count(Service::Connect, "Held");
                sweep.held += 1;
            }
            Err(failure) => {
                sweep.failed += 1;
                oldest = oldest.max(age);
                // Whoever comes next in this sweep would hear the same.
                if matches!(failure, Failure::Telephony(TelephonyError::Throttled)) {
                    break;
                }
                warn("left to the next sweep", format_args!("{key}: {failure}"));
            }
        }
    }
    // Also where there is none: an alarm tells a sweep that found nothing from none at all.
    metric(Service::StepFunctions, "OldestOpenCallback", oldest.as_secs_f64(), Unit::Seconds);
    Ok(sweep)
}

async fn look_at(attempt: Attempt, now: Timestamp, deps: &Deps) -> Result<Looked, Failure> {
    match (attempt.state, attempt.contact_id.as_deref()) {
        (AttemptState::Ended, _) => {
            send_again(attempt, &*deps.records, &*deps.callbacks).await?;
            Ok(Looked::Settled)
        }
        (AttemptState::Dialed, Some(contact_id)) => look_up(&attempt, contact_id, now, deps).await,
        (
            AttemptState::Reserved
            | AttemptState::Dialing
            | AttemptState::Dialed
            | AttemptState::NotPlaced,
            _,
        ) => hold(&attempt, now, deps).await,
    }
}

async fn look_up(
    attempt: &Attempt,
    contact_id: &str,
    now: Timestamp,
    deps: &Deps,
) -> Result<Looked, Failure> {
    let outcome = match deps.telephony.describe_contact(contact_id).await? {
        Contact::Open => {
            let later = now + LOOK_AGAIN_AFTER;
            let postponed = deps.records.postpone(&attempt.key, later).await;
            postponed.map_err(CompletionError::from)?;
            return Ok(Looked::Open);
        }
        Contact::Ended(end) => outcome_of(contact_id, &end),
        Contact::Missing => unknown_outcome(Some(contact_id), "Connect knows no such contact"),
    };
    let (records, pace, callbacks) = (&*deps.records, &*deps.pace, &*deps.callbacks);
    complete(&attempt.key, &outcome, now, records, pace, callbacks).await?;
    Ok(Looked::Settled)
}

async fn hold(attempt: &Attempt, now: Timestamp, deps: &Deps) -> Result<Looked, Failure> {
    let outcome = unknown_outcome(None, "nobody knows whether it rang");
    let token = &attempt.task_token;
    let sent = deps.callbacks.send_task_success(token, &outcome).await;
    sent.map_err(CompletionError::from)?;
    let held = deps.records.held(&attempt.key, token, now).await;
    held.map_err(CompletionError::from)?;
    Ok(Looked::Held)
}

#[cfg(test)]
mod tests;
