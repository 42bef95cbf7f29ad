//! What is seen of an execution. It is serialized for the console and for scripts.

use serde::Serialize;

use super::Explained;

/// An execution, without its data.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExecutionView {
    /// Its ARN.
    pub execution_arn: String,
    /// Its name; the last part of its ARN where it is not told.
    pub name: String,
    /// Its machine's ARN; made from its own where it is not told.
    pub state_machine_arn: String,
    /// `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED` or `PENDING_REDRIVE`.
    pub status: String,
    /// In milliseconds since the epoch, as are all moments.
    pub started_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// When its machine's `TimeoutSeconds` ends it, while it runs.
    pub deadline: Option<i64>,
    /// How often it was redriven.
    pub redrive_count: u64,
    /// The execution that started it, where its input or somebody says so.
    pub parent_arn: Option<String>,
    /// Why it ended otherwise than well: the root cause.
    pub failure: Option<FailureView>,
    /// The states that it went through, in the order in which they were entered; a tree by `parent`.
    pub visits: Vec<Visit>,
    /// The executions and map runs that it started.
    pub children: Vec<Child>,
    /// From and to which id events are missing, both included.
    pub gaps: Vec<(u64, u64)>,
    /// No event is known to be missing, the last one included where the execution has ended.
    pub is_complete: bool,
    /// How many events are known.
    pub events: u64,
}

impl ExecutionView {
    /// The visit of this id.
    pub fn visit(&self, id: u64) -> Option<&Visit> {
        let place = self.visits.binary_search_by_key(&id, |visit| visit.id).ok()?;
        self.visits.get(place)
    }
}

/// Why an execution ended otherwise than well.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FailureView {
    /// The name of the error.
    pub error: Option<String>,
    /// What is said of it.
    pub cause: Option<String>,
    /// The cause taken apart, where it is a document.
    pub explained: Option<Explained>,
    /// The visit of the state that failed, the deepest one; unknown where the execution itself failed.
    pub visit: Option<u64>,
    /// The name of that state.
    pub state: Option<String>,
    /// The event that tells of the failure in that state, or else of the execution's end.
    pub event: u64,
    /// The attempt that failed last.
    pub attempt: Option<u32>,
}

/// One visit of a state: from its entry to its exit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Visit {
    /// The id of its `…StateEntered` event; where that is missing, of the event that tells of its exit.
    pub id: u64,
    /// The state's name.
    pub name: String,
    /// The state's type: `Task`.
    pub state_type: String,
    /// The visit of the Parallel or Map around it.
    pub parent: Option<u64>,
    /// Which branch of a Parallel it is in, from 0.
    pub branch: Option<u32>,
    /// Which iteration of a Map it is in, from 0.
    pub iteration: Option<u32>,
    /// JSON pointer of the state in the definition.
    pub pointer: Option<String>,
    /// How it stands.
    pub status: Status,
    /// When it was entered.
    pub entered_at: i64,
    /// Its `…StateEntered` event is missing, and `entered_at` is when it was left.
    pub is_entry_missing: bool,
    /// When it was left, by whichever way; where that event is missing, at the latest.
    pub exited_at: Option<i64>,
    /// The event that tells of its exit: none where it failed.
    pub exit_event: Option<u64>,
    /// Of a Task, each time that it was scheduled; of a Parallel or a Map, each time that it began; else one.
    pub attempts: Vec<Attempt>,
    /// What an open visit waits for.
    pub waits: Option<Wait>,
    /// Why its last attempt failed.
    pub failure: Option<Failure>,
}

/// How a visit, or an attempt, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It has not ended.
    Running,
    /// It ended well.
    Succeeded,
    /// It failed, and a `Catch` dealt with that. No attempt has this status.
    Caught,
    /// It failed.
    Failed,
    /// It was stopped, because something else failed or somebody stopped the execution.
    Aborted,
    /// It took too long, or the whole execution did.
    TimedOut,
}

impl Status {
    /// AWS's word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Caught => "CAUGHT",
            Self::Failed => "FAILED",
            Self::Aborted => "ABORTED",
            Self::TimedOut => "TIMED_OUT",
        }
    }
}

/// An error and its cause, as AWS writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The name of the error.
    pub error: Option<String>,
    /// What is said of it.
    pub cause: Option<String>,
}

/// One attempt at a state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// From 1; a redrive goes on counting.
    pub number: u32,
    /// When it began.
    pub started_at: i64,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// How it stands.
    pub status: Status,
    /// What a Task calls: `lambda:invoke`, `states:startExecution.sync:2`, the ARN of a function or activity.
    pub resource: Option<String>,
    /// The name of the error with which it failed.
    pub error: Option<String>,
    /// What is said of that error.
    pub cause: Option<String>,
    /// The event that scheduled a Task, or that began a Parallel or Map.
    pub schedule_event: Option<u64>,
    /// The event that ended it.
    pub end_event: Option<u64>,
    /// The execution or the map run that it started.
    pub child_arn: Option<String>,
    /// When the next attempt is due, at the latest, by the definition's `Retry`; of a last attempt that
    /// failed only.
    pub next_at: Option<i64>,
}

/// What an open visit waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// What.
    #[serde(rename = "for")]
    pub waits_for: WaitsFor,
    /// Since when.
    pub since: i64,
    /// When it ends at the latest, as far as that is known.
    pub deadline: Option<i64>,
    /// Whoever is waited for must be heard of so often. No event tells of a heartbeat.
    pub heartbeat_seconds: Option<u64>,
}

/// What an open visit can wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitsFor {
    /// Somebody who was given a task token.
    Callback,
    /// A worker of an activity.
    Activity,
    /// The time that a Wait state names.
    Timer,
    /// The delay before another attempt.
    Retry,
    /// The end of an execution, a job or a map run.
    Child,
    /// The answer to a call.
    Task,
}

impl WaitsFor {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Callback => "callback",
            Self::Activity => "activity",
            Self::Timer => "timer",
            Self::Retry => "retry",
            Self::Child => "child",
            Self::Task => "task",
        }
    }
}

/// Something that an execution started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Child {
    /// Its ARN.
    pub execution_arn: String,
    /// What it is.
    pub kind: ChildKind,
    /// The visit that started it.
    pub visit: u64,
    /// In which attempt.
    pub attempt: u32,
}

/// What an execution can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ChildKind {
    /// Another execution.
    Execution,
    /// A map run, with executions of its own.
    MapRun,
}
