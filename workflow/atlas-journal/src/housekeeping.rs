//! Forgetting what ended long ago.

use atlas_core::Timestamp;
use atlas_engine::journal::JournalError;
use redb::{Database, ReadableDatabase as _};

use crate::{contents::ReadError, entry::Entry, of_place::failed, store::Store, tables::ENDED};

/// So many are forgotten together.
const AT_ONCE: usize = 1_000;

impl Store {
    /// Forgets all executions that ended before a moment, the oldest first, some at a time: what is
    /// begun meanwhile has not to wait for all of them. Answers with how many there were.
    ///
    /// # Errors
    /// Where the file cannot be read now.
    pub async fn forget_ended_before(&self, moment: Timestamp) -> Result<u64, JournalError> {
        // Before any of them is gone: none of them goes on any more.
        self.shared().forget_before(moment);
        let mut forgotten = 0;
        loop {
            let count = self.forget_some(moment)?;
            if count == 0 {
                return Ok(forgotten);
            }
            self.shared().inbox.settled().await;
            forgotten += count;
        }
    }

    fn forget_some(&self, moment: Timestamp) -> Result<u64, JournalError> {
        let Some(database) = self.shared().database() else {
            return Err(failed("", &"the disk fails"));
        };
        let numbers = ended_before(&database, moment).map_err(|error| failed("", &error))?;
        drop(database);
        let count = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
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
