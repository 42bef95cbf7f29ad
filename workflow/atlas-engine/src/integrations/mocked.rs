//! A mocked task: its answer comes at once.

use std::collections::VecDeque;

use atlas_asl::resource::{Pattern, Resource};
use atlas_core::{Fact, Payload, TaskRequest};

use crate::mocks::MockAnswer;

/// The facts of a mocked task.
pub(crate) fn answer(
    request: &TaskRequest,
    answer: Result<MockAnswer, String>,
    is_submitted: bool,
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
            return facts.push_back(failed(format!(
                "State `{state}` is an activity's (`{arn}`), and activities cannot be mocked; \
                 remove it from the test case and let a worker take its task"
            )));
        }
        (Ok(answer), _) => answer,
    };
    match answer {
        MockAnswer::Return(output) => {
            match request.resource.pattern() {
                Pattern::RequestResponse => {}
                // The mock file says what the task results in, and nothing of the request's answer.
                Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken if is_submitted => {}
                Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken => {
                    facts.push_back(Fact::TaskSubmitted { task, output: Payload::empty() });
                }
            }
            facts.push_back(Fact::TaskSucceeded { task, output });
        }
        MockAnswer::Throw(failure) => {
            let (error, cause) = (failure.error, failure.cause);
            facts.push_back(Fact::TaskFailed { task, error, cause });
        }
    }
}
