//! Making the journal's file as small as what it holds.
//!
//! A process that is killed meanwhile leaves a file that is whole: each step is a transaction.

use std::collections::HashSet;

use redb::{Database, Durability, ReadableTable as _};

use crate::{
    contents::ReadError,
    data_folder::{DataError, DataFolder},
    header::Header,
    tables::{EXECUTIONS, MACHINES},
};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compaction {
    /// The size of the file before.
    pub bytes_before: u64,
    /// The size of the file after.
    pub bytes_after: u64,
    /// Machines as they were when executions began that are no more: so many are gone.
    pub revisions: u64,
}

impl DataFolder {
    /// Lets go of machines that no execution refers to, and of the room in the file that nothing is in.
    ///
    /// # Errors
    /// Where the file cannot be read or written.
    pub fn compact(&mut self) -> Result<Compaction, DataError> {
        let bytes_before = self.journal_bytes()?;
        let dropped = drop_revisions(&self.database);
        let revisions = dropped.map_err(|error| self.journal_error(&error))?;
        while self.database.compact().map_err(|error| self.journal_error(&error))? {}
        Ok(Compaction { bytes_before, bytes_after: self.journal_bytes()?, revisions })
    }
}

/// A machine that is as it was is written again when its next execution begins.
fn drop_revisions(database: &Database) -> Result<u64, ReadError> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    transaction.set_quick_repair(true);
    let mut used = HashSet::new();
    for entry in transaction.open_table(EXECUTIONS)?.iter()? {
        let (number, header) = entry?;
        let header: Header = serde_json::from_str(header.value())
            .map_err(|source| ReadError::Header { number: number.value(), source })?;
        used.insert(header.revision().to_owned());
    }
    let mut dropped = 0;
    let mut revisions = transaction.open_table(MACHINES)?;
    for entry in revisions.extract_if(|revision, _| !used.contains(revision))? {
        entry?;
        dropped += 1;
    }
    drop(revisions);
    transaction.commit()?;
    Ok(dropped)
}
