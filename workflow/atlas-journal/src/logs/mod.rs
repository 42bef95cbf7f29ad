//! The log records of executions, as files of JSON lines beside the journal.

mod place;

mod files;

mod queue;

mod log_files;

pub(crate) use self::{files::log_bytes, place::safe};

pub use self::{
    files::remove_logs_before,
    log_files::{LogFiles, LostRecords},
};
