//! The host of the interpreter: it drives executions, keeps their time, and performs their tasks.
//!
//! Every change of an execution passes one door (`accept.rs`). An execution that waits is data in a
//! map and a timer in a tree; only a call in flight has a Tokio task.

mod engine;

mod start;

mod accept;

mod perform;

mod duplicates;

mod callbacks;

mod activities;

mod map_runs;

mod redrive;

mod recovery;

mod rest;

mod listing;

mod tally;

mod finder;

mod business_key;

mod person;

mod personal_records;

mod phone_hash;

mod changes;

mod open_tasks;

mod deadlines;

mod trial;

pub mod journal;

pub mod archive;

mod execution_log;

pub mod mocks;

pub mod runner;

mod integrations;

mod error;

mod input;

mod names;

mod machines;

mod kept;

mod versions;

mod aliases;

mod qualified_arn;

mod executions;

mod limits;

mod cell;

mod queue;

mod run;

mod clock;

mod waker;

#[cfg(test)]
mod tests;

pub use activities::{Activity, ActivityTask};
pub use aliases::{Alias, AliasUpdate, Route};
pub use business_key::BusinessKey;
pub use cell::{Form, Part, StartedBy, Watcher};
pub use changes::{Changed, Subscription};
pub use deadlines::Waiting;
pub use duplicates::DuplicateExpress;
pub use engine::{ChildDescription, Description, Engine, EngineOptions, Observer};
pub use error::EngineError;
pub use execution_log::{ExecutionLog, LogRecord};
pub use input::parse_input;
pub use kept::{KeptMachine, check_kept};
pub use limits::Limits;
pub use machines::{Machine, MachineUpdate, NewMachine, Settings};
pub use names::{InvalidName, Place, check_name};
pub use open_tasks::{OpenTaskDescription, OpenTaskKind};
pub use person::{Concern, Person};
pub use personal_records::{FoundExecution, PersonalRecords};
pub use phone_hash::PhoneHashKey;
pub use qualified_arn::{QualifiedArn, Qualifier};
pub use recovery::{GoingOn, Known, Returning};
pub use start::{StartRequest, Started, Time};
pub use trial::{Mocked, StateTrial, TrialError};
pub use versions::Version;
