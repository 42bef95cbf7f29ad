//! A failure in a trial: tried again, caught, or the end.

use std::sync::Arc;

use super::{
    attempt::Trial,
    report::{Ending, Handler},
};
use crate::{
    failure::{Names, Origin, StateFailure, delay_millis},
    program::Io,
    shape,
    states::Shaped,
};
/// What the state's `Retry` and `Catch` make of a failure.
pub(super) fn ending(trial: &mut Trial, failed: StateFailure) -> Ending {
    let StateFailure { failure, origin } = failed;
    let failure = failure.within_limits();
    let program = Arc::clone(&trial.program);
    let state = &program.states[trial.index];
    if origin == Origin::Fatal {
        return Ending::Failed(failure);
    }
    let names = Names { failure: &failure, is_heartbeat: origin == Origin::Heartbeat };
    let retrier = state.retry.iter().enumerate().find(|(_, it)| names.are_in(&it.errors));
    if let Some((index, retrier)) = retrier
        && trial.retries_used < retrier.max_attempts
    {
        let millis = delay_millis(retrier, trial.retries_used);
        let backoff_seconds = u64::try_from(millis / 1000).unwrap_or(0);
        trial.inspection.handler = Some(Handler::Retry { index, backoff_seconds });
        return Ending::Retriable(failure);
    }
    let catcher = state.catch.iter().enumerate().find(|(_, it)| names.are_in(&it.errors));
    let Some((index, catcher)) = catcher else { return Ending::Failed(failure) };
    let id = trial.id;
    let caught = shape::caught(&trial.cx(), id, index, catcher, &failure);
    match caught {
        Ok(Shaped { output, assigned }) => {
            trial.assign(assigned);
            trial.inspection.handler = Some(Handler::Catch { index });
            // Recorded in 2026: a catcher's `ResultPath` is told of as the state's own is.
            if matches!(state.io, Io::JsonPath(_)) {
                trial.inspection.after_result_path = Some(output.clone());
            }
            let next = program.states[catcher.next].name.clone();
            Ending::Caught { failure, output, next }
        }
        // What fails while it is being caught is not caught again.
        Err(StateFailure { failure, .. }) => Ending::Failed(failure.within_limits()),
    }
}
