//! The records that wait to be written. Whoever brings one waits for nobody: where there is no room,
//! the record is lost.

use std::{
    fmt, mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use atlas_engine::LogRecord;

use super::files::Files;

/// No more records wait than this.
const MOST_RECORDS: usize = 65_536;
/// Nor hold they more memory.
const MOST_BYTES: usize = 32 << 20;

/// Something to be done with the files, once all that came before is written.
pub(crate) type Order = Box<dyn FnOnce(&mut Files) + Send>;

#[derive(Default)]
struct Waiting {
    records: Vec<LogRecord>,
    orders: Vec<Order>,
    bytes: usize,
    lost: u64,
    is_closed: bool,
}

/// What came since the queue was looked at before.
#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) records: Vec<LogRecord>,
    /// What is to be done then.
    pub(crate) orders: Vec<Order>,
    /// How many found no room.
    pub(crate) lost: u64,
    /// Nothing more will come.
    pub(crate) is_last: bool,
}

#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    has_come: Condvar,
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

impl Queue {
    /// Takes a record in, or counts it as lost.
    pub(crate) fn put(&self, record: LogRecord) {
        let bytes = record.bytes();
        let mut waiting = self.waiting();
        let has_room = waiting.records.len() < MOST_RECORDS && waiting.bytes + bytes <= MOST_BYTES;
        if waiting.is_closed || !has_room {
            waiting.lost += 1;
            return;
        }
        let was_empty = waiting.records.is_empty();
        waiting.bytes += bytes;
        waiting.records.push(record);
        drop(waiting);
        if was_empty {
            self.has_come.notify_one();
        }
    }

    /// Has something done with the files. `false` where nobody writes any more.
    pub(crate) fn order(&self, order: Order) -> bool {
        let mut waiting = self.waiting();
        if waiting.is_closed {
            return false;
        }
        waiting.orders.push(order);
        drop(waiting);
        self.has_come.notify_one();
        true
    }

    /// Waits for records, at most so long where that is said.
    pub(crate) fn take(&self, at_most: Option<Duration>) -> Taken {
        let waiting = self.waiting();
        let is_idle = |waiting: &mut Waiting| {
            waiting.records.is_empty() && waiting.orders.is_empty() && !waiting.is_closed
        };
        let mut waiting = match at_most {
            Some(at_most) => {
                let waited = self.has_come.wait_timeout_while(waiting, at_most, is_idle);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => {
                let waited = self.has_come.wait_while(waiting, is_idle);
                waited.unwrap_or_else(PoisonError::into_inner)
            }
        };
        waiting.bytes = 0;
        Taken {
            records: mem::take(&mut waiting.records),
            orders: mem::take(&mut waiting.orders),
            lost: mem::take(&mut waiting.lost),
            is_last: waiting.is_closed,
        }
    }

    /// Nothing more is taken in.
    pub(crate) fn close(&self) {
        self.waiting().is_closed = true;
        self.has_come.notify_one();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
