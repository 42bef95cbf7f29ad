//! The interpreter: facts in, orders out.
//!
//! [`step`] advances one execution by one [`Event`] and answers with the [`Command`]s that follow.
//! It knows no thread, socket, file or clock: time, randomness and ids are in the events, so a live
//! run, a recovery and a test are the same calls.

mod timestamp;

mod payload;

pub mod event;

pub mod command;

pub mod history;

pub use command::{Command, Failure, Outcome, TaskRequest};
pub use event::{Event, Fact, Seed, TaskId, TaskToken, TimerId};
pub use payload::Payload;
pub use timestamp::Timestamp;
