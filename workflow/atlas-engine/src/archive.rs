//! What a journal that outlives the process can be asked for again: executions that are not in memory.

mod counts;

mod listing;

use std::{fmt, sync::Arc};

use atlas_core::{Event, Identity, Outcome, TaskId, TaskToken, Timestamp};

use crate::{
    cell::{Part, StartedBy, Watcher},
    journal::{JournalError, Shelf},
    kept::KeptMachine,
    phone_hash::PhoneHashKey,
    start::Time,
};

pub use self::{
    counts::{Counts, StatusCounts},
    listing::{Listed, Listing, NamePart, Of, Order, Statuses, Summary},
};

/// Where executions are found that are not in memory, and what is remembered of them meanwhile.
///
/// What it answers is as old as what is on the disk. Nothing is asked for that is in memory, and
/// nothing leaves memory before it is on the disk.
pub trait Archive: Send + Sync {
    /// The place of the next execution among all that ever began.
    fn next_number(&self) -> u64;

    /// What ended before this moment is forgotten, or about to be.
    fn forgets_before(&self) -> Timestamp;

    /// An execution stands otherwise than before.
    fn note(&self, note: &Note<'_>);

    /// Somebody is given a token, and may end a task with it.
    fn hand_out(&self, token: &TaskToken, number: u64, task: TaskId);

    /// An execution has a map run of this ARN.
    fn know_map_run(&self, map_run_arn: &str, number: u64);

    /// An execution leaves memory, and this is what has to be known to find it in time.
    fn rest(&self, number: u64, rest: &Rest);

    /// An execution that rested is going on.
    fn wake(&self, number: u64);

    /// The execution of this ARN.
    fn find(&self, execution_arn: &str) -> Result<Option<KeptExecution>, JournalError>;

    /// The place of the execution of this ARN among all.
    fn number_of(&self, execution_arn: &str) -> Result<Option<u64>, JournalError>;

    /// The ARN of the execution that has this place among all.
    fn arn_of(&self, number: u64) -> Result<Option<Arc<str>>, JournalError>;

    /// Whose task a token ends, and which.
    fn find_task(&self, token: &str) -> Result<Option<(u64, TaskId)>, JournalError>;

    /// The execution of the map run of this ARN.
    fn find_map_run(&self, map_run_arn: &str) -> Result<Option<u64>, JournalError>;

    /// A page of executions. A key is no phone number: those are asked for by their hash.
    fn list(&self, listing: &Listing<'_>) -> Result<Listed, JournalError>;

    /// Under which phone numbers are hashed that executions are found by.
    fn phone_hash_key(&self) -> &PhoneHashKey;

    /// How many executions there are.
    fn counts(&self) -> Result<Counts, JournalError>;
}

/// What was kept of one place.
#[derive(Debug, Default)]
pub struct KeptPlace {
    /// Documents by shelf and name.
    pub documents: Vec<(Shelf, String, String)>,
    /// The executions that were in memory when the process ended, by their place among all.
    pub awake: Vec<u64>,
    /// Those that rest: until when, where they wait for a moment, and their place among all.
    pub resting: Vec<(Option<Timestamp>, u64)>,
    /// Tasks of those that no worker has taken: the ARN of the activity, the execution's place among
    /// all, the task.
    pub offers: Vec<(Arc<str>, u64, TaskId)>,
}

/// What was kept of one execution.
#[derive(Debug)]
pub struct KeptExecution {
    /// Its place among all.
    pub number: u64,
    /// Who it is.
    pub identity: Arc<Identity>,
    /// Its machine, as it was when the execution began.
    pub machine: Arc<KeptMachine>,
    /// The test case that mocks its tasks.
    pub case: Option<String>,
    /// How its time passes.
    pub time: Time,
    /// The task that started it, where one did.
    pub started_by: Option<StartedBy>,
    /// What it is of its map run, where it is the child of one.
    pub part: Option<Part>,
    /// How it stands.
    pub stage: Stage,
    /// What was to be known while it rested, where it does.
    pub rest: Option<Rest>,
    /// Its facts.
    pub events: Vec<Event>,
}

/// How an execution stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Its status.
    pub status: Status,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// When it was redriven, each time.
    pub redrives: Vec<Timestamp>,
    /// The token that the last redrive was asked for with.
    pub redrive_token: Option<Box<str>>,
}

/// The status of an execution, under AWS's names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "variants carry AWS's names for AWS's things")]
pub enum Status {
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Running, Self::Succeeded, Self::Failed, Self::TimedOut, Self::Aborted];

    /// As the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
            Self::Aborted => "ABORTED",
        }
    }

    /// The status that the API spells so.
    pub fn of_str(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The status after this end, or before any.
    pub const fn after(outcome: Option<&Outcome>) -> Self {
        match outcome {
            None => Self::Running,
            Some(Outcome::Succeeded { .. }) => Self::Succeeded,
            Some(Outcome::Failed(_)) => Self::Failed,
            Some(Outcome::TimedOut(_)) => Self::TimedOut,
            Some(Outcome::Aborted(_)) => Self::Aborted,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// That an execution stands otherwise than before.
#[derive(Debug)]
pub struct Note<'a> {
    /// Its place among all.
    pub number: u64,
    /// Who it is.
    pub identity: &'a Identity,
    /// Its status before.
    pub before: Status,
    /// How it stands now.
    pub stage: &'a Stage,
}

/// What has to be known of an execution while it is not in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rest {
    /// When it goes on by itself.
    pub until: Option<Timestamp>,
    /// The tasks that wait for its end.
    pub watchers: Vec<Watcher>,
    /// Its tasks that no worker has taken, each with the ARN of its activity.
    pub offers: Vec<(Arc<str>, TaskId)>,
}
