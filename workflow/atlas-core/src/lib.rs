//! The interpreter: facts in, orders out.
//!
//! [`step`] advances one execution by one [`Event`] and answers with the [`Command`]s that follow.
//! It knows no thread, socket, file or clock: time, randomness and ids are in the events, so a live
//! run, a recovery and a test are the same calls.

mod timestamp;

mod payload;

mod identity;

pub mod event;

pub mod command;

pub mod history;

mod program;

mod execution;

mod step;

mod recovery;

pub mod trial;

mod redrive;

mod open_tasks;

mod map_run;

mod branch;

mod states;

mod failure;

mod shape;

mod scope;

mod variables;

mod random;

#[cfg(test)]
mod tests;

pub use command::{ChildRequest, Command, Failure, Outcome, TaskRequest};
pub use event::{ChildId, Event, Fact, Seed, TaskId, TaskToken, TimerId};
pub use execution::{Execution, NotAdmitted};
pub use identity::Identity;
pub use map_run::{MapRun, MapRunCounts, MapRunId, MapRunLimits, MapRunStatus};
pub use open_tasks::OpenTask;
pub use payload::Payload;
pub use program::{Processor, Program};
pub use random::uuid_of;
pub use recovery::{Recovered, Unsettled, recover};
pub use redrive::NotRedrivable;
pub use step::step;
pub use timestamp::Timestamp;
