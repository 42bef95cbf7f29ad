//! How much a folder holds, and of what.

use std::{collections::BTreeMap, sync::Arc};

use atlas_core::Timestamp;
use atlas_engine::archive::Status;
use redb::{Database, ReadTransaction, ReadableTable as _, ReadableTableMetadata as _};

use crate::{
    contents::ReadError,
    data_folder::{DataError, DataFolder},
    header::Header,
    logs::log_bytes,
    stage,
    tables::{AWAKE, EXECUTIONS, FORMAT, MACHINES, RESTING, STAGES, TOKENS},
};

/// Executions by how they stand.
pub type ByStatus = BTreeMap<Status, u64>;

/// How much a folder holds, and of what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// The format of the folder.
    pub format: u64,
    /// The size of the journal's file.
    pub journal_bytes: u64,
    /// What of it is in use by nothing.
    pub free_bytes: u64,
    /// What of it is lost between things that do not fill their pages.
    pub fragmented_bytes: u64,
    /// The size of the files of what machines log.
    pub log_bytes: u64,
    /// Executions by status.
    pub executions: ByStatus,
    /// The same for each machine, by its ARN.
    pub machines: BTreeMap<Arc<str>, ByStatus>,
    /// Machines as executions began with them.
    pub revisions: u64,
    /// When the first execution began.
    pub oldest: Option<Timestamp>,
    /// When the last execution began.
    pub newest: Option<Timestamp>,
    /// Executions that go on at once when a server starts.
    pub awake: u64,
    /// Executions that wait for something.
    pub resting: u64,
    /// When the first of those goes on by itself.
    pub next_deadline: Option<Timestamp>,
    /// Task tokens that were handed out.
    pub tokens: u64,
}

impl DataFolder {
    /// Looks through all of it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn stats(&self) -> Result<Stats, DataError> {
        let mut stats = self.read(count)?;
        stats.journal_bytes = self.journal_bytes()?;
        let (allocated, fragmented) =
            pages(&self.database).map_err(|error| self.journal_error(&error))?;
        stats.free_bytes = stats.journal_bytes.saturating_sub(allocated);
        // redb counts free pages among what is fragmented.
        stats.fragmented_bytes = fragmented.saturating_sub(stats.free_bytes);
        let path = self.folder.path();
        let failed = |source| DataError::File { path: path.to_owned(), source };
        stats.log_bytes = log_bytes(path).map_err(failed)?;
        Ok(stats)
    }
}

/// The bytes of the pages that are in use, and those that are lost in them.
fn pages(database: &Database) -> Result<(u64, u64), ReadError> {
    // Only who might write is told.
    let transaction = database.begin_write()?;
    let stats = transaction.stats()?;
    transaction.abort()?;
    let page = u64::try_from(stats.page_size()).unwrap_or(u64::MAX);
    Ok((stats.allocated_pages().saturating_mul(page), stats.fragmented_bytes()))
}

fn count(transaction: &ReadTransaction) -> Result<Stats, ReadError> {
    let mut stats = Stats { format: FORMAT, ..Stats::default() };
    let headers = transaction.open_table(EXECUTIONS)?;
    for entry in transaction.open_table(STAGES)?.iter()? {
        let (number, stage) = entry?;
        let number = number.value();
        let stage =
            stage::read(stage.value()).map_err(|source| ReadError::Stage { number, source })?;
        let header = headers.get(number)?.ok_or(ReadError::Missing { number })?;
        let header: Header = serde_json::from_str(header.value())
            .map_err(|source| ReadError::Header { number, source })?;
        *stats.executions.entry(stage.status).or_default() += 1;
        let machine = stats.machines.entry(header.machine_arn()).or_default();
        *machine.entry(stage.status).or_default() += 1;
        let began = stage.started_at;
        stats.oldest = Some(stats.oldest.map_or(began, |oldest| oldest.min(began)));
        stats.newest = stats.newest.max(Some(began));
    }
    stats.revisions = transaction.open_table(MACHINES)?.len()?;
    stats.awake = transaction.open_table(AWAKE)?.len()?;
    let resting = transaction.open_table(RESTING)?;
    stats.resting = resting.len()?;
    for entry in resting.iter()? {
        let Some(until) = entry?.1.value().0.map(Timestamp::from_millis) else { continue };
        stats.next_deadline = Some(stats.next_deadline.map_or(until, |next| next.min(until)));
    }
    stats.tokens = transaction.open_table(TOKENS)?.len()?;
    Ok(stats)
}
