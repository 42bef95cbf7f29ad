//! The engine's journal on disk: one folder, one file, one writer that commits what came together at
//! once. It serves nothing and knows no command line.
//!
//! A fact is in the order of the journal when `append` returns, and outlives the process when
//! `settled` ends. What leaves the engine waits for that, so a process that is killed at any instant
//! has told nobody of what it has lost.

mod contents;

mod folder;

mod header;

mod open_error;

mod record;

mod store;

mod tables;

mod writer;

pub use self::{open_error::OpenError, store::Store};
