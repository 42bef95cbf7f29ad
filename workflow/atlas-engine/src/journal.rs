//! Where facts are kept before they have any effect, so that an execution can be brought back.

use std::{
    collections::HashMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_core::{Event, Identity};

use crate::{
    archive::{Archive, KeptPlace},
    cell::{Part, StartedBy},
    machines::Machine,
    names::Place,
    person::Person,
    personal_records::PersonalRecords,
    start::Time,
};

/// Keeps the facts of each execution in the order in which they came.
///
/// A fact has happened once `append` has returned; nothing is done because of it before. A journal may
/// keep it for good later, with others: what leaves the engine then waits for `settled`.
pub trait Journal: Send + Sync {
    /// Keeps the first fact of an execution, `Started`.
    fn begin(&self, execution: &Introduction<'_>, event: &Event) -> Result<(), JournalError> {
        let Introduction { identity, number, .. } = *execution;
        self.append(&NewFact { identity, number, place: 0, event })
    }

    /// Keeps one fact of an execution.
    fn append(&self, fact: &NewFact<'_>) -> Result<(), JournalError>;

    /// Keeps a document in the place of the one of this name, or forgets it.
    fn keep(
        &self,
        _shelf: Shelf,
        _name: &str,
        _document: Option<String>,
    ) -> Result<(), JournalError> {
        Ok(())
    }

    /// Where executions are found again. Without that nothing outlives the process, so there is
    /// nothing to wait for, and everything stays in memory.
    fn archive(&self) -> Option<&dyn Archive> {
        None
    }

    /// Ends once all that was kept so far would outlive the process, however long that takes.
    fn settled(&self) -> Settling {
        Box::pin(std::future::ready(()))
    }

    /// Ends when nothing can be kept for now, and says why.
    fn refused(&self) -> Refusing {
        Box::pin(std::future::pending())
    }
}

/// Waits for what is being kept.
pub type Settling = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Waits for the journal to fail.
pub type Refusing = Pin<Box<dyn Future<Output = JournalError> + Send>>;

/// The journals of all places, and what they held before.
pub trait Journals: Send + Sync {
    /// The journal of a place.
    fn of(&self, place: &Place) -> Arc<dyn Journal>;

    /// What was kept before, by place.
    fn kept(&self) -> Result<Vec<(Place, KeptPlace)>, JournalError>;

    /// What is kept of somebody in all places, who becomes known by more keys thereby. It may take long.
    fn find_person(&self, person: &mut Person) -> Result<PersonalRecords, JournalError>;

    /// Erases what was found, but for executions that have not ended. It may take long, and what happens
    /// meanwhile waits to be kept.
    fn erase_person(&self, person: &Person, found: &PersonalRecords) -> Result<(), JournalError>;
}

/// A fact of an execution that is about to happen.
#[derive(Debug)]
pub struct NewFact<'a> {
    /// Whose.
    pub identity: &'a Identity,
    /// The execution's place among all.
    pub number: u64,
    /// The fact's place among those of the execution.
    pub place: u64,
    /// The fact, and when.
    pub event: &'a Event,
}

/// What is to be known of an execution beside its facts, to bring it back.
#[derive(Debug)]
pub struct Introduction<'a> {
    /// Who it is.
    pub identity: &'a Identity,
    /// Its place among all that ever began.
    pub number: u64,
    /// Its machine, as it is when the execution begins.
    pub machine: &'a Machine,
    /// The test case that mocks its tasks.
    pub case: Option<&'a str>,
    /// How its time passes.
    pub time: Time,
    /// The task that started it, where one did.
    pub started_by: Option<&'a StartedBy>,
    /// What it is of its map run, where it is the child of one.
    pub part: Option<&'a Part>,
}

/// Documents of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shelf {
    /// Machines, each with its versions and aliases, by ARN.
    Machines,
    /// Activities, by ARN.
    Activities,
    /// Tags, by the ARN of what has them.
    Tags,
}

impl Shelf {
    /// All of them, in the order in which they are brought back.
    pub const ALL: [Self; 3] = [Self::Machines, Self::Activities, Self::Tags];

    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Machines => "machines",
            Self::Activities => "activities",
            Self::Tags => "tags",
        }
    }
}

impl fmt::Display for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A fact could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal{} could not be written: {reason}", of(execution_arn))]
pub struct JournalError {
    /// Whose; empty where it is of more than one.
    pub execution_arn: String,
    /// Why.
    pub reason: String,
}

fn of(execution_arn: &str) -> String {
    if execution_arn.is_empty() { String::new() } else { format!(" of `{execution_arn}`") }
}

/// Keeps nothing: what lives in memory alone has nothing to come back from.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn append(&self, _fact: &NewFact<'_>) -> Result<(), JournalError> {
        Ok(())
    }
}

/// Keeps the facts in memory.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    executions: Mutex<HashMap<Arc<str>, Vec<Event>>>,
}

impl MemoryJournal {
    /// The facts of an execution, in order; none where it is unknown.
    pub fn events(&self, execution_arn: &str) -> Vec<Event> {
        let executions = self.executions.lock().unwrap_or_else(PoisonError::into_inner);
        executions.get(execution_arn).cloned().unwrap_or_default()
    }
}

impl Journal for MemoryJournal {
    fn append(&self, fact: &NewFact<'_>) -> Result<(), JournalError> {
        let mut executions = self.executions.lock().unwrap_or_else(PoisonError::into_inner);
        let arn = Arc::clone(&fact.identity.execution_arn);
        executions.entry(arn).or_default().push(fact.event.clone());
        Ok(())
    }
}
