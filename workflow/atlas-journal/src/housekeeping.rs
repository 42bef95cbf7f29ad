//! Forgetting what ended long ago.

use atlas_core::Timestamp;
use atlas_engine::journal::JournalError;
use redb::{Database, ReadableDatabase as _};

use crate::{contents::ReadError, entry::Entry, of_place::failed, store::Store, tables::ENDED};

/// So many are forgotten together.
const AT_ONCE: usize = 1_000;

impl Store {
    /// Forgets executions that ended before a moment, the oldest first. Answers with how many; while
    /// that is more than none there may be others.
    ///
    /// # Errors
    /// Where the file cannot be read now.
    pub fn forget_ended_before(&self, moment: Timestamp) -> Result<usize, JournalError> {
        let Some(database) = self.shared().database() else {
            return Err(failed("", &"the disk fails"));
        };
        let numbers = ended_before(&database, moment).map_err(|error| failed("", &error))?;
        drop(database);
        let count = numbers.len();
        self.shared().inbox.put(numbers.into_iter().map(|number| Entry::Forget { number }));
        Ok(count)
    }
}

fn ended_before(database: &Database, moment: Timestamp) -> Result<Vec<u64>, ReadError> {
    let ended = database.begin_read()?.open_table(ENDED)?;
    let mut numbers = Vec::new();
    for entry in ended.range(..(moment.as_millis(), 0))?.take(AT_ONCE) {
        numbers.push(entry?.0.value().1);
    }
    Ok(numbers)
}
