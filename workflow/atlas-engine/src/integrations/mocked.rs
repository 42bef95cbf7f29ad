//! A mocked task: its answer comes at once, or, where the answer is a timeout and time may be
//! skipped, when the task's own timer has run out.

use std::collections::VecDeque;

use atlas_asl::resource::{Pattern, Resource};
use atlas_core::{Fact, Failure, Payload, TaskRequest};

use crate::{mocks::MockAnswer, run::Pace};

/// The facts of a mocked task.
pub(crate) fn answer(
    request: &TaskRequest,
    answer: Result<MockAnswer, String>,
    is_submitted: bool,
    pace: Pace,
    facts: &mut VecDeque<Fact>,
) {
    let task = request.task;
    let failed = |cause: String| {
        let error = Some("States.Runtime".to_owned());
        Fact::TaskFailed { task, error, cause: Some(cause) }
    };
    let answer = match (answer, &*request.resource) {
        (Err(cause), _) => return facts.push_back(failed(cause)),
        (Ok(_), Resource::Activity { arn }) => {
            let state = &request.state;
            facts.push_back(Fact::ActivityScheduled { task });
            return facts.push_back(failed(format!(
                "State `{state}` is an activity's (`{arn}`), and activities cannot be mocked; \
                 remove it from the test case and let a worker take its task"
            )));
        }
        (Ok(answer), _) => answer,
    };
    match answer {
        MockAnswer::Return(output) => {
            submit(request, is_submitted, facts);
            facts.push_back(Fact::TaskSucceeded { task, output });
        }
        // The request was taken, and nothing came of it. The task's timer is on the run's clock,
        // which nothing holds now, and says the rest: `TaskTimedOut`, at the time when it happens
        // on AWS. In real time nobody wants to wait for it, so the error is thrown at once, as Step
        // Functions Local does.
        MockAnswer::Throw(failure) if pace == Pace::Skipping && times_out(request, &failure) => {
            submit(request, is_submitted, facts);
        }
        MockAnswer::Throw(failure) => {
            let (error, cause) = (failure.error, failure.cause);
            facts.push_back(Fact::TaskFailed { task, error, cause });
        }
    }
}

/// The service takes the request of a job or a callback. The mock file says what the task results
/// in, and nothing of the request's answer.
fn submit(request: &TaskRequest, is_submitted: bool, facts: &mut VecDeque<Fact>) {
    match request.resource.pattern() {
        Pattern::RequestResponse => {}
        Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken if is_submitted => {}
        Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken => {
            facts.push_back(Fact::TaskSubmitted { task: request.task, output: Payload::empty() });
        }
    }
}

/// The error is what a timer of the task makes of its silence.
fn times_out(request: &TaskRequest, failure: &Failure) -> bool {
    match failure.error.as_deref() {
        Some("States.Timeout") => {
            request.timeout_seconds.is_some() || request.heartbeat_seconds.is_some()
        }
        Some("States.HeartbeatTimeout") => request.heartbeat_seconds.is_some(),
        Some(_) | None => false,
    }
}
