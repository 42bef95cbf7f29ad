//! A state that failed: tried again, caught, or the failure of what is around it.

use crate::{
    Failure, Outcome, TaskToken,
    branch::{BranchId, Phase},
    execution::Timer,
    history::{Detail, EvaluationFailed},
    program::{CompiledRetrier, Kind},
    redrive, shape, states,
    step::Cx,
};

/// Ends the execution: nothing can retry or catch it.
pub(crate) const RUNTIME: &str = "States.Runtime";
/// A Task took too long; the machine's own timeout carries no name.
pub(crate) const TIMEOUT: &str = "States.Timeout";
/// A Task was silent too long. Retriers and catchers know it by this name or as a timeout; the
/// history says `States.Timeout` (recorded: test_activity_task_start_timeout and its kin).
pub(crate) const HEARTBEAT_TIMEOUT: &str = "States.HeartbeatTimeout";
/// A document with more than 262,144 bytes.
pub(crate) const DATA_LIMIT_EXCEEDED: &str = "States.DataLimitExceeded";
/// A JSONata expression that gives nothing of use.
pub(crate) const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";

/// Why a state failed.
#[derive(Debug)]
pub(crate) struct StateFailure {
    pub(crate) failure: Failure,
    pub(crate) origin: Origin,
}

/// Where a failure comes from, which decides what the history says of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An expression; `EvaluationFailed` tells of it.
    Evaluation { location: Option<String> },
    /// A path, a number, a document's size: the execution's own event is the only one.
    State,
    /// As `State`; the whole execution fails, and nothing may catch it.
    Fatal,
    /// A task, whose own event has been recorded.
    Task,
    /// As `Task`; the task was silent for too long.
    Heartbeat,
    /// A branch of a Parallel, an iteration of a Map.
    Child,
}

impl StateFailure {
    /// `States.Runtime` with AWS's opening words.
    pub(crate) fn runtime(message: impl Into<String>) -> Self {
        Self::state(RUNTIME, message)
    }

    /// An error of the state itself; the cause is completed when it is reported.
    pub(crate) fn state(error: &str, message: impl Into<String>) -> Self {
        Self {
            failure: Failure { error: Some(error.to_owned()), cause: Some(message.into()) },
            origin: Origin::State,
        }
    }

    /// A template has no value. One that would be too large ends the execution, as `too_large` does.
    pub(crate) fn template(error: &str, message: impl Into<String>) -> Self {
        let failed = Self::state(error, message);
        match error {
            DATA_LIMIT_EXCEEDED => Self { origin: Origin::Fatal, ..failed },
            _ => failed,
        }
    }

    /// The same without a task's token: AWS's sentences quote what an expression has seen, and whoever
    /// reads a cause must not be able to end the task.
    pub(crate) fn without_token(mut self, token: Option<&TaskToken>) -> Self {
        if let (Some(token), Some(cause)) = (token, &mut self.failure.cause)
            && cause.contains(token.expose())
        {
            *cause = cause.replace(token.expose(), "(not shown)");
        }
        self
    }

    /// An expression of this field failed.
    pub(crate) fn evaluation(location: Option<String>, message: impl Into<String>) -> Self {
        Self {
            failure: Failure {
                error: Some(QUERY_EVALUATION_ERROR.to_owned()),
                cause: Some(message.into()),
            },
            origin: Origin::Evaluation { location },
        }
    }

    /// The state's input, as its parameters make it, or its output passes 262,144 bytes.
    pub(crate) fn too_large(state: &str) -> Self {
        Self {
            failure: Failure {
                error: Some(DATA_LIMIT_EXCEEDED.to_owned()),
                cause: Some(data_limit_cause(state)),
            },
            origin: Origin::Fatal,
        }
    }
}

/// AWS's words for a document that is too large; `who` is a state, a service or a function.
pub(crate) fn data_limit_cause(who: &str) -> String {
    format!(
        "The state/task '{who}' returned a result with a size exceeding the maximum number of bytes \
         service limit."
    )
}

/// Deals with a failed state: `Retry`, then `Catch`, then the branch fails.
pub(crate) fn state_failed(cx: &mut Cx<'_>, id: BranchId, failed: StateFailure) {
    let state = cx.state(id);
    let StateFailure { mut failure, origin } = failed;
    if origin == Origin::Fatal {
        return execution_failed(cx, id, failure);
    }
    report(cx, id, &mut failure, &origin);
    let names = Names { failure: &failure, is_heartbeat: origin == Origin::Heartbeat };
    if retry(cx, id, &state.retry, &names) {
        return;
    }
    if matches!(origin, Origin::Evaluation { .. } | Origin::Child) {
        match &state.kind {
            Kind::Parallel { .. } => {
                cx.record(id, Detail::ParallelStateFailed);
            }
            Kind::Map(_) => {
                cx.record(id, Detail::MapStateFailed);
            }
            Kind::Task(_)
            | Kind::Pass { .. }
            | Kind::Choice { .. }
            | Kind::Wait(_)
            | Kind::Succeed
            | Kind::Fail { .. } => {}
        }
    }
    let catcher = state.catch.iter().position(|it| names.are_in(&it.errors));
    let Some((index, catcher)) = catcher.and_then(|at| Some((at, state.catch.get(at)?))) else {
        return branch_failed(cx, id, failure);
    };
    match shape::caught(cx, id, index, catcher, &failure) {
        Ok(shaped) => states::leave(cx, id, shaped, Some(catcher.next)),
        // What fails while it is being caught is not caught again.
        Err(StateFailure { mut failure, origin }) => {
            report(cx, id, &mut failure, &origin);
            branch_failed(cx, id, failure);
        }
    }
}

/// Completes a cause that is AWS's sentence about a state, and tells of a failed evaluation.
fn report(cx: &mut Cx<'_>, id: BranchId, failure: &mut Failure, origin: &Origin) {
    if !matches!(origin, Origin::Evaluation { .. } | Origin::State) {
        return;
    }
    let name = &cx.state(id).name;
    let entered = cx.branch(id).entered;
    failure.cause = failure.cause.take().map(|cause| {
        format!(
            "An error occurred while executing the state '{name}' (entered at the event id \
             #{entered}). {cause}"
        )
    });
    *failure = std::mem::take(failure).within_limits();
    if let Origin::Evaluation { location } = origin {
        let previous = evaluation_refers_to(cx, id);
        let event = cx.record_after(
            previous,
            Detail::EvaluationFailed(Box::new(EvaluationFailed {
                failure: failure.clone(),
                location: location.clone(),
                state: name.clone(),
            })),
        );
        cx.branch_mut(id).previous = event;
    }
}

/// An evaluation that fails while the state is being entered refers to the event before the state;
/// later ones, and those of a Wait, to the last event (recorded: test_undefined_reference,
/// test_wait_timestamp_jsonata).
fn evaluation_refers_to(cx: &Cx<'_>, id: BranchId) -> u32 {
    let branch = cx.branch(id);
    let entering = branch.previous == branch.entered;
    if entering && !matches!(cx.state(id).kind, Kind::Wait(_)) {
        branch.previous_of_entered
    } else {
        branch.previous
    }
}

/// The names by which retriers and catchers may know a failure.
pub(crate) struct Names<'a> {
    pub(crate) failure: &'a Failure,
    pub(crate) is_heartbeat: bool,
}

impl Names<'_> {
    pub(crate) fn are_in(&self, errors: &[String]) -> bool {
        let error = self.failure.error.as_deref();
        // Recorded: test_catch_states_runtime. Not even its own name catches it.
        if error == Some(RUNTIME) {
            return false;
        }
        errors.iter().any(|known| match known.as_str() {
            "States.ALL" => true,
            "States.TaskFailed" => error != Some(TIMEOUT),
            HEARTBEAT_TIMEOUT => self.is_heartbeat,
            known => error == Some(known),
        })
    }
}

/// Starts the delay before another attempt, where a retrier has one left.
fn retry(cx: &mut Cx<'_>, id: BranchId, retriers: &[CompiledRetrier], names: &Names<'_>) -> bool {
    let Some(index) = retriers.iter().position(|retrier| names.are_in(&retrier.errors)) else {
        return false;
    };
    let retrier = &retriers[index];
    let branch = cx.branch_mut(id);
    branch.retries.resize(retriers.len(), 0);
    let used = branch.retries[index];
    if used >= retrier.max_attempts {
        return false;
    }
    branch.retries[index] += 1;
    let longest = delay_millis(retrier, used);
    let delay = if retrier.full_jitter { cx.random().up_to(longest) } else { longest };
    let timer = cx.start_timer(Timer::Backoff(id), cx.now.plus_millis(delay));
    cx.branch_mut(id).phase = Phase::BackingOff(timer);
    true
}

/// `IntervalSeconds` × `BackoffRate` ^ (retries so far), at most `MaxDelaySeconds`.
pub(crate) fn delay_millis(retrier: &CompiledRetrier, used: u64) -> i64 {
    /// No wait of AWS's is longer than a year and a bit; a power can be.
    const LONGEST_MILLIS: f64 = 99_999_999_000.0;
    // Nothing times an infinite power would be no number.
    if retrier.interval_seconds == 0 {
        return 0;
    }
    let exponent = i32::try_from(used).unwrap_or(i32::MAX);
    #[expect(clippy::cast_precision_loss, reason = "seconds have at most eight digits")]
    let (interval, cap) = (
        retrier.interval_seconds as f64 * 1000.0,
        retrier.max_delay_seconds.map_or(LONGEST_MILLIS, |seconds| seconds as f64 * 1000.0),
    );
    let delay = (interval * retrier.backoff_rate.powi(exponent)).min(cap).min(LONGEST_MILLIS);
    #[expect(clippy::cast_possible_truncation, reason = "the delay is below the longest")]
    let millis = delay as i64;
    millis.max(0)
}

/// A branch fails: the execution with it, or the Parallel or Map around it.
pub(crate) fn branch_failed(cx: &mut Cx<'_>, id: BranchId, failure: Failure) {
    redrive::remember(cx, id, &failure);
    match cx.branch(id).parent {
        None => {
            let previous = cx.branch(id).previous;
            cx.finish(previous, Outcome::Failed(failure));
        }
        Some((parent, index)) => match &cx.state(parent).kind {
            Kind::Map(_) => states::map::iteration_failed(cx, parent, id, index, failure),
            Kind::Task(_)
            | Kind::Pass { .. }
            | Kind::Choice { .. }
            | Kind::Wait(_)
            | Kind::Succeed
            | Kind::Fail { .. }
            | Kind::Parallel { .. } => states::parallel::branch_failed(cx, parent, id, failure),
        },
    }
}

/// The whole execution fails, whatever is around the branch.
pub(crate) fn execution_failed(cx: &mut Cx<'_>, id: BranchId, failure: Failure) {
    let previous = cx.branch(id).previous;
    cx.finish(previous, Outcome::Failed(failure));
}

/// Whether something around a branch will try again or catch what the branch fails with.
pub(crate) fn is_dealt_with_outside(cx: &Cx<'_>, id: BranchId, failure: &Failure) -> bool {
    let names = Names { failure, is_heartbeat: false };
    let mut inner = id;
    while let Some((outer, _)) = cx.branch(inner).parent {
        let (state, branch) = (cx.state(outer), cx.branch(outer));
        let retrier = state.retry.iter().position(|retrier| names.are_in(&retrier.errors));
        let tries_again = retrier.is_some_and(|index| {
            let used = branch.retries.get(index).copied().unwrap_or_default();
            used < state.retry[index].max_attempts
        });
        if tries_again || state.catch.iter().any(|catcher| names.are_in(&catcher.errors)) {
            return true;
        }
        inner = outer;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retrier(rate: f64, max_delay_seconds: Option<u64>) -> CompiledRetrier {
        CompiledRetrier {
            errors: Vec::new(),
            interval_seconds: 1,
            max_attempts: 99,
            backoff_rate: rate,
            max_delay_seconds,
            full_jitter: false,
        }
    }

    #[test]
    fn the_delay_grows_by_the_rate_and_stops_at_its_cap() {
        for (rate, cap, used, millis) in [
            (2.0, None, 0, 1_000),
            (2.0, None, 4, 16_000),
            (1.5, None, 2, 2_250),
            (2.0, Some(5), 4, 5_000),
            (10.0, None, 1_000_000, 99_999_999_000),
        ] {
            assert_eq!(delay_millis(&retrier(rate, cap), used), millis, "{rate} {used}");
        }
        let none = CompiledRetrier { interval_seconds: 0, ..retrier(10.0, Some(5)) };
        assert_eq!(delay_millis(&none, 1_000_000), 0);
    }

    #[test]
    fn an_error_is_known_by_the_names_that_aws_gives_it() {
        for (error, is_heartbeat, list, known) in [
            ("Salesforce.Unavailable", false, "Salesforce.Unavailable", true),
            ("Salesforce.Unavailable", false, "Salesforce.*", false),
            ("Salesforce.Unavailable", false, "States.TaskFailed", true),
            (TIMEOUT, false, "States.TaskFailed", false),
            (TIMEOUT, false, "States.ALL", true),
            (TIMEOUT, true, HEARTBEAT_TIMEOUT, true),
            (TIMEOUT, false, HEARTBEAT_TIMEOUT, false),
            (TIMEOUT, true, TIMEOUT, true),
            (RUNTIME, false, "States.ALL", false),
            (RUNTIME, false, RUNTIME, false),
        ] {
            let failure = Failure { error: Some(error.to_owned()), cause: None };
            let names = Names { failure: &failure, is_heartbeat };
            assert_eq!(names.are_in(&[list.to_owned()]), known, "{error} in {list}");
        }
    }
}
