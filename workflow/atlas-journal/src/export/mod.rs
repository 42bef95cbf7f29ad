//! A folder as files that can be read without this program: one for each execution, machine, activity
//! and set of tags.

mod execution_file;

mod document_file;

mod file_name;

mod write;

pub(crate) use self::{
    document_file::{DOCUMENT_FORMAT, DocumentFile},
    execution_file::JournalPart,
};
pub use self::{
    execution_file::EXECUTION_FORMAT,
    write::{Exported, Filter},
};

/// The version of the format of both kinds of files.
pub(crate) const VERSION: u64 = 1;
