//! What a state's `Retry` and `Catch` make of a failure, by the definition.

use serde_json::Value;

use super::{Attempt, Status};

/// A retrier that has an attempt left.
#[derive(Debug, PartialEq)]
pub(super) struct NextAttempt {
    /// How long it waits at most, in milliseconds; with jitter it may wait shorter.
    pub(super) delay_ms: i64,
}

/// When a state is tried again after its last attempt; the attempts are those since it was entered, or since
/// the execution was redriven, which gives them all back.
pub(super) fn next_attempt(state: &Value, attempts: &[Attempt]) -> Option<NextAttempt> {
    let (last, before) = attempts.split_last()?;
    let retriers = state["Retry"].as_array()?;
    let retrier_of = |attempt: &Attempt| retriers.iter().position(|it| knows(it, attempt));
    let index = retrier_of(last)?;
    let retrier = &retriers[index];
    let used = before.iter().filter(|attempt| retrier_of(attempt) == Some(index)).count();
    // AWS: three attempts after the first, a second apart, each delay twice as long as the one before.
    let most = retrier["MaxAttempts"].as_u64().unwrap_or(3);
    if u64::try_from(used).unwrap_or(u64::MAX) >= most {
        return None;
    }
    let number = |field: &str, default: f64| retrier[field].as_f64().unwrap_or(default);
    let exponent = i32::try_from(used).unwrap_or(i32::MAX);
    let seconds = number("IntervalSeconds", 1.0) * number("BackoffRate", 2.0).powi(exponent);
    let seconds = seconds.min(number("MaxDelaySeconds", LONGEST_SECONDS)).min(LONGEST_SECONDS);
    #[expect(clippy::cast_possible_truncation, reason = "it is below the longest")]
    let delay_ms = (seconds * 1_000.0) as i64;
    Some(NextAttempt { delay_ms })
}

/// Whether a catcher takes what an attempt failed of.
pub(super) fn is_caught(state: &Value, attempt: &Attempt) -> bool {
    state["Catch"].as_array().into_iter().flatten().any(|catcher| knows(catcher, attempt))
}

/// No wait of AWS's is longer.
const LONGEST_SECONDS: f64 = 99_999_999.0;

/// Whether an entry of `Retry` or `Catch` knows the failure of an attempt.
fn knows(entry: &Value, attempt: &Attempt) -> bool {
    let error = attempt.error.as_deref();
    // Recorded (test_catch_states_runtime): not even its own name catches it.
    if error == Some("States.Runtime") {
        return false;
    }
    let is_timeout = attempt.status == Status::TimedOut;
    entry["ErrorEquals"].as_array().into_iter().flatten().filter_map(Value::as_str).any(|known| {
        match known {
            "States.ALL" => true,
            "States.TaskFailed" => error != Some("States.Timeout"),
            // The history says `States.Timeout` of a silent task, too (recorded:
            // test_activity_task_start_timeout).
            "States.HeartbeatTimeout" => is_timeout,
            known => error == Some(known),
        }
    })
}
