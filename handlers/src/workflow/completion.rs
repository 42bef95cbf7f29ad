//! The one way an attempt comes to its end, whoever learns of it: the event, the sweeper, or the
//! call step itself after a redrive.
//!
//! The record ends first, then the token is answered, then the record leaves the sweeper's index. A
//! crash anywhere leaves it in that index. A token that comes after the record has ended is answered
//! by whoever brought it, so no order of the two loses it.

use definitions::contract::CallOutcome;
use jiff::Timestamp;

use super::{Callbacks, Sent, WorkflowError};
use crate::records::{Attempt, AttemptKey, AttemptRecords, AttemptState, Pace, StoreUnavailable};

/// Tokens that may come while one is answered, before we leave the rest to the sweeper.
const MOST_TOKENS: usize = 3;

/// What became of the step that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It has its result.
    Delivered,
    /// It did not wait any more, and no other step waits for this attempt.
    NobodyWaited,
    /// The attempt has no contact in the table yet: whoever places it takes the end from there.
    TooEarly,
}

/// Why the attempt could not be brought to its end. The sweeper tries again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompletionError {
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreUnavailable),
    /// Step Functions.
    #[error(transparent)]
    Workflow(#[from] WorkflowError),
}

/// Ends an attempt that has a contact.
pub async fn complete(
    key: &AttemptKey,
    outcome: &CallOutcome,
    now: Timestamp,
    records: &dyn AttemptRecords,
    pace: &dyn Pace,
    callbacks: &dyn Callbacks,
) -> Result<Ending, CompletionError> {
    let attempt = records.ended(key, outcome, now).await?;
    match attempt.state {
        AttemptState::Ended => {
            // A place that is not given back falls free by its time.
            let _ = pace.release(key).await;
            send_again(attempt, records, callbacks).await
        }
        AttemptState::Reserved
        | AttemptState::Dialing
        | AttemptState::Dialed
        | AttemptState::NotPlaced => Ok(Ending::TooEarly),
    }
}

/// Answers the token of an attempt that has ended, and the one that came meanwhile.
pub async fn send_again(
    mut attempt: Attempt,
    records: &dyn AttemptRecords,
    callbacks: &dyn Callbacks,
) -> Result<Ending, CompletionError> {
    let mut ending = Ending::NobodyWaited;
    for _ in 0..MOST_TOKENS {
        let Some(outcome) = attempt.outcome.as_ref() else { return Ok(Ending::TooEarly) };
        if attempt.due_at.is_none() {
            // Answered before, and no token has come since.
            return Ok(ending);
        }
        let token = attempt.task_token.clone();
        ending = match callbacks.send_task_success(&token, outcome).await? {
            Sent::Delivered => Ending::Delivered,
            Sent::Closed => Ending::NobodyWaited,
        };
        if records.settled(&attempt.key, &token).await? {
            return Ok(ending);
        }
        match records.attempt(&attempt.key).await? {
            Some(renewed) => attempt = renewed,
            None => return Ok(ending),
        }
    }
    Ok(ending)
}
