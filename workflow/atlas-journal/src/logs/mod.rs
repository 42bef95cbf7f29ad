//! The log records of executions, as files of JSON lines beside the journal.

mod place;

mod files;

mod queue;

mod erasure;

mod log_files;

pub(crate) use self::{
    erasure::{erase_records, find_records},
    files::log_bytes,
    place::safe,
};

pub use self::{
    files::remove_logs_before,
    log_files::{LogFiles, LostRecords},
};
