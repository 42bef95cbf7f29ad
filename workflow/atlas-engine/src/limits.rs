//! How many executions there may be, so that a machine that starts itself for ever fails instead of
//! taking all memory.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// What an engine takes; more is refused as AWS refuses it, with `ExecutionLimitExceeded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Executions of STANDARD machines that are open at the same time. AWS's quota for an account in
    /// a region is a million; EXPRESS ones do not count there either.
    pub open: usize,
    /// Executions that one execution that skips its waits starts, with all that those start. AWS has
    /// no such quota: there, a machine that starts itself is slowed down by the clock and by rates.
    pub nested_in_skipped_time: usize,
    /// How deep those may nest. The failure at the bottom of executions that wait for each other is
    /// told in the cause of each of them, and a cause may be long.
    pub depth_in_skipped_time: usize,
    /// Executions that wait or have ended and stay in memory all the same, where they could be brought
    /// back.
    pub idle: usize,
    /// How long they do.
    pub idle_for: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            open: 1_000_000,
            nested_in_skipped_time: 10_000,
            depth_in_skipped_time: 1_000,
            idle: 2_000,
            idle_for: Duration::from_secs(5),
        }
    }
}

/// A count of what is there now.
#[derive(Debug, Default)]
pub(crate) struct Count(Arc<AtomicUsize>);

/// One of what is counted, for as long as it is held.
#[derive(Debug)]
pub(crate) struct CountedOpen(Arc<AtomicUsize>);

impl Count {
    /// One more, and how many there are with it.
    pub(crate) fn one_more(&self) -> (CountedOpen, usize) {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        (CountedOpen(Arc::clone(&self.0)), before + 1)
    }

    /// These are there too, and nobody holds them.
    pub(crate) fn add(&self, count: usize) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Nobody holds this one any more, and it is there all the same.
    pub(crate) fn put_aside(&self, counted: CountedOpen) {
        self.add(1);
        drop(counted);
    }

    /// Takes one that nobody holds.
    pub(crate) fn take_up(&self) -> CountedOpen {
        CountedOpen(Arc::clone(&self.0))
    }
}

impl Drop for CountedOpen {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
