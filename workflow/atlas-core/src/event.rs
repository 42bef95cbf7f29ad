//! What the interpreter is told: facts, each with the moment at which it became one.

use std::fmt;

use crate::{MapRunId, MapRunLimits, Outcome, Payload, Timestamp};

/// One fact about one execution.
#[derive(Debug, Clone)]
pub struct Event {
    /// When; the interpreter has no other clock.
    pub at: Timestamp,
    /// What.
    pub fact: Fact,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Fact {
    /// The execution begins. Always the first fact, and only that.
    Started {
        /// Its input.
        input: Payload,
        /// Where its jitter, ids and task tokens are drawn from.
        seed: Seed,
    },
    /// An activity exists: its task waits for a worker.
    ActivityScheduled {
        /// Which task.
        task: TaskId,
    },
    /// A worker took an activity's task.
    ActivityStarted {
        /// Which task.
        task: TaskId,
        /// What the worker calls itself.
        worker_name: Option<String>,
    },
    /// The service took the request of a `.sync` or `.waitForTaskToken` task; its result is to come.
    TaskSubmitted {
        /// Which task.
        task: TaskId,
        /// What the service answered.
        output: Payload,
    },
    /// A task ended well: the service answered, the job ended, or the token came back.
    TaskSucceeded {
        /// Which task.
        task: TaskId,
        /// Its result.
        output: Payload,
    },
    /// A task failed.
    TaskFailed {
        /// Which task.
        task: TaskId,
        /// The error's name; absent where `SendTaskFailure` gave none.
        error: Option<String>,
        /// The error's cause.
        cause: Option<String>,
    },
    /// Somebody still works on a task.
    TaskHeartbeat {
        /// Which task.
        task: TaskId,
    },
    /// A timer that a command started has come due.
    TimerFired {
        /// Which timer.
        timer: TimerId,
    },
    /// A child execution of a map run has ended.
    ChildEnded {
        /// Which one.
        child: ChildId,
        /// How often it had been redriven.
        attempt: u32,
        /// How.
        outcome: Outcome,
    },
    /// An operator changes the limits of a map run that runs.
    MapRunUpdated {
        /// Which one.
        map_run: MapRunId,
        /// What changes.
        limits: MapRunLimits,
    },
    /// An operator lets an execution go on that ended otherwise than well.
    Redriven,
    /// An operator, or a parent, ends the execution.
    Stopped {
        /// The error's name, where one was given.
        error: Option<String>,
        /// The error's cause, where one was given.
        cause: Option<String>,
    },
}

/// A task of an execution: one attempt of one Task state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskId(pub u32);

/// A child execution of a map run of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChildId(pub u32);

/// A timer of an execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimerId(pub u32);

/// What an execution's random numbers are drawn from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 32]);

impl fmt::Debug for Seed {
    /// Task tokens come from it, so it is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(..)")
    }
}

/// What wakes a `.waitForTaskToken` task: whoever has it may end the task.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TaskToken(Box<str>);

impl TaskToken {
    /// The token of this text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The token as its bearer needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskToken(..)")
    }
}
