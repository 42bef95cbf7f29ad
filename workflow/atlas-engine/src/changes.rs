//! Tells whoever watches which executions have changed. The engine writes a name down and goes on: it
//! waits for nobody, and who reads too slowly is told that everything may have changed.

use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

use crate::{
    engine::{Engine, Inner},
    journal::Journal,
};

/// So many changes are remembered for those that read slowly.
const MOST: usize = 4_096;

/// The last changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    readers: AtomicUsize,
    recent: Mutex<Recent>,
    came: Notify,
}

#[derive(Debug, Default)]
struct Recent {
    arns: VecDeque<Arc<str>>,
    /// How many changes came before the first of them.
    before: u64,
    /// Up to here somebody has read.
    read: u64,
    is_over: bool,
}

/// Somebody who watches what changes.
pub struct Subscription {
    changes: Arc<Changes>,
    journal: Arc<dyn Journal>,
    /// How many changes it has been told of.
    read: u64,
}

/// What has changed since the last time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// These executions.
    These(HashSet<Arc<str>>),
    /// More than is remembered.
    All,
}

impl Engine {
    /// Watches, from now on, which executions begin, go on or end. Those that are forgotten long after their
    /// end are not told of.
    pub fn changes(&self) -> Subscription {
        let changes = Arc::clone(&self.inner.changes);
        changes.readers.fetch_add(1, Ordering::AcqRel);
        let read = changes.recent().end();
        Subscription { changes, journal: Arc::clone(&self.inner.journal), read }
    }
}

impl Inner {
    /// An execution has changed.
    pub(crate) fn changed(&self, execution_arn: &Arc<str>) {
        self.changes.add(execution_arn);
    }
}

impl Changes {
    fn add(&self, execution_arn: &Arc<str>) {
        if self.readers.load(Ordering::Acquire) == 0 {
            return;
        }
        let mut recent = self.recent();
        let is_told_yet = recent.read == recent.end();
        // One execution changes several times at once, and that is one piece of news.
        if !is_told_yet && recent.arns.back().is_some_and(|last| Arc::ptr_eq(last, execution_arn)) {
            return;
        }
        if recent.arns.len() == MOST {
            recent.arns.pop_front();
            recent.before += 1;
        }
        recent.arns.push_back(Arc::clone(execution_arn));
        drop(recent);
        self.came.notify_waiters();
    }

    /// Nothing changes any more.
    pub(crate) fn end(&self) {
        self.recent().is_over = true;
        self.came.notify_waiters();
    }

    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recent {
    fn end(&self) -> u64 {
        self.before + self.arns.len() as u64
    }
}

impl Subscription {
    /// Waits until something has changed, and tells what has since the last time, once whoever asks the
    /// engine then is told of it. `None` once the engine is gone.
    pub async fn next(&mut self) -> Option<Changed> {
        let changed = self.changed().await?;
        // A listing is as old as the disk; where that fails, what is there is all that there is.
        tokio::select! {
            () = self.journal.settled() => {}
            _failing = self.journal.refused() => {}
        }
        Some(changed)
    }

    async fn changed(&mut self) -> Option<Changed> {
        loop {
            // Before the look, so that nothing is missed between the two.
            let came = self.changes.came.notified();
            tokio::pin!(came);
            came.as_mut().enable();
            {
                let mut recent = self.changes.recent();
                if self.read < recent.end() {
                    let changed = recent.since(self.read);
                    self.read = recent.end();
                    recent.read = self.read;
                    return Some(changed);
                }
                if recent.is_over {
                    return None;
                }
            }
            came.await;
        }
    }
}

impl Recent {
    fn since(&self, read: u64) -> Changed {
        match read.checked_sub(self.before).and_then(|skipped| usize::try_from(skipped).ok()) {
            Some(skipped) => Changed::These(self.arns.iter().skip(skipped).cloned().collect()),
            None => Changed::All,
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if self.changes.readers.fetch_sub(1, Ordering::AcqRel) == 1 {
            let mut recent = self.changes.recent();
            recent.before = recent.end();
            recent.arns.clear();
        }
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription").field("read", &self.read).finish_non_exhaustive()
    }
}
