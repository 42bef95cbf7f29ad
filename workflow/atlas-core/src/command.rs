//! What the interpreter orders. Whoever performs a command reports what came of it as an event.

use std::sync::Arc;

use atlas_asl::{model::StateName, resource::Resource};
use serde_json::Value;

use crate::{ChildId, Identity, Payload, Processor, TaskId, TaskToken, TimerId, Timestamp};

/// One order.
#[derive(Debug, Clone)]
pub enum Command {
    /// Do a task. Answered by `TaskSucceeded` or `TaskFailed`, after `TaskSubmitted` where the
    /// resource is a `.sync` or `.waitForTaskToken` one, after `ActivityStarted` for an activity.
    InvokeTask(Box<TaskRequest>),
    /// Nobody waits for this task any more: it timed out, or its branch was aborted.
    CancelTask(TaskId),
    /// Start a child execution of a map run, or let it go on. Answered by `ChildEnded`.
    StartChild(Box<ChildRequest>),
    /// Stop a child execution; nobody waits for its end.
    StopChild(ChildId),
    /// Report `TimerFired` at this moment.
    StartTimer {
        /// Which timer.
        timer: TimerId,
        /// When it comes due; it may lie in the past.
        at: Timestamp,
    },
    /// This timer need not fire any more.
    CancelTimer(TimerId),
    /// The execution is over. Always the last command of an execution.
    Finish(Outcome),
}

/// One attempt of one Task state.
#[derive(Debug, Clone)]
pub struct TaskRequest {
    /// Its id in the execution.
    pub task: TaskId,
    /// The Task state.
    pub state: StateName,
    /// What to call.
    pub resource: Arc<Resource>,
    /// What to call it with.
    pub parameters: Payload,
    /// The token that the request carries, for `.waitForTaskToken` and activities.
    pub token: Option<TaskToken>,
    /// `Credentials`, evaluated.
    pub credentials: Option<Value>,
    /// 0 for the first attempt of this visit to the state, counting retries.
    pub retry_count: u32,
    /// `TimeoutSeconds`, where the state has one.
    pub timeout_seconds: Option<u64>,
    /// `HeartbeatSeconds`, where the state has one.
    pub heartbeat_seconds: Option<u64>,
}

/// A child execution of a map run.
#[derive(Debug, Clone)]
pub struct ChildRequest {
    /// Its id in the execution.
    pub child: ChildId,
    /// How often it was redriven.
    pub attempt: u32,
    /// Who it is.
    pub identity: Arc<Identity>,
    /// What it runs.
    pub processor: Processor,
    /// Its input.
    pub input: Payload,
    /// Of how many items it is.
    pub item_count: u32,
}

/// How an execution ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// `SUCCEEDED`.
    Succeeded {
        /// Its output.
        output: Payload,
    },
    /// `FAILED`.
    Failed(Failure),
    /// `TIMED_OUT`: the machine's `TimeoutSeconds` ran out.
    TimedOut(Failure),
    /// `ABORTED`: it was stopped.
    Aborted(Failure),
}

/// An error's name and cause, either of which may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Failure {
    /// The error's name.
    pub error: Option<String>,
    /// The error's cause.
    pub cause: Option<String>,
}

impl Failure {
    /// The most characters of an error's name (AWS: `error` of `ExecutionFailedEventDetails`).
    const ERROR_CHARACTERS: usize = 256;
    /// The most characters of a cause (AWS: `cause` of `ExecutionFailedEventDetails`).
    const CAUSE_CHARACTERS: usize = 32_768;

    /// Cut to what AWS keeps of both.
    pub(crate) fn within_limits(mut self) -> Self {
        cut(&mut self.error, Self::ERROR_CHARACTERS);
        cut(&mut self.cause, Self::CAUSE_CHARACTERS);
        self
    }
}

fn cut(text: &mut Option<String>, characters: usize) {
    if let Some(text) = text
        && text.len() > characters
        && let Some((end, _)) = text.char_indices().nth(characters)
    {
        text.truncate(end);
        text.shrink_to_fit();
    }
}

impl Outcome {
    /// The status, as the API spells it.
    pub const fn status(&self) -> &'static str {
        match self {
            Self::Succeeded { .. } => "SUCCEEDED",
            Self::Failed(_) => "FAILED",
            Self::TimedOut(_) => "TIMED_OUT",
            Self::Aborted(_) => "ABORTED",
        }
    }

    /// Error and cause, where it did not succeed.
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Succeeded { .. } => None,
            Self::Failed(failure) | Self::TimedOut(failure) | Self::Aborted(failure) => {
                Some(failure)
            }
        }
    }
}
