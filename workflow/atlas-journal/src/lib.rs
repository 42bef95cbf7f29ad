//! The engine's journal on disk: one folder, one file, one writer that commits what came together at
//! once. It serves nothing and knows no command line.
//!
//! A fact is in the order of the journal when `append` returns, and outlives the process when
//! `settled` ends. What leaves the engine waits for that, so a process that is killed at any instant
//! has told nobody of what it has lost.
//!
//! Beside it, in files of their own, lie the records that machines log of their executions: best effort,
//! as on AWS.

mod batch;

mod contents;

mod disk;

mod entry;

mod logs;

mod private;

mod folder;

mod forget;

mod header;

mod housekeeping;

mod index;

mod of_place;

mod open_error;

mod open_file;

mod reader;

mod lister;

mod counter;

mod spans;

mod phone_terms;

mod upgrade;

mod record;

mod stage;

mod store;

mod tables;

mod writer;

mod data_folder;

mod stats;

mod compaction;

mod erasure;

mod replay;

mod export;

mod import;

pub use self::{
    compaction::Compaction,
    data_folder::{DataError, DataFolder},
    disk::{Disk, DiskFault},
    erasure::shred_file,
    export::{EXECUTION_FORMAT, Exported, Filter},
    import::{Fault, Imported},
    logs::{LogFiles, LostRecords, remove_logs_before},
    open_error::OpenError,
    stats::{ByStatus, Stats},
    store::{Store, StoreOptions},
};
