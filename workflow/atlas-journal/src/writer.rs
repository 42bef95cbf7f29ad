//! The one writer: what came since the last commit is committed at once.

use std::{
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    time::Duration,
};

use atlas_engine::journal::Settling;
use redb::{Database, DatabaseError};
use tokio::sync::watch;

use crate::{batch::commit, entry::Entry, erasure::Replaced, open_file::Left, store::Shared};

/// After this time a commit that failed is tried again.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// A reader looks for no longer than one answer takes. Whoever erases is told where one stays longer.
const READERS_LEAVE: Duration = Duration::from_secs(30);
/// While more than this waits to be committed, nothing new is begun.
const MOST_HELD: usize = 64 << 20;

/// How far the writer is.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    /// How many entries outlive the process.
    pub(crate) committed: u64,
    /// In how many transactions.
    pub(crate) commits: u64,
    /// Why the last commit failed, until one succeeds.
    pub(crate) failing: Option<Arc<str>>,
}

/// Somebody who waits for the file to be written anew.
type Asking = mpsc::Sender<Result<(), String>>;

/// What waits to be written.
#[derive(Debug, Default)]
struct Waiting {
    entries: Vec<Entry>,
    /// Who wants the file to be written anew, once all before is committed.
    anew: Vec<Asking>,
    bytes: usize,
    /// How many entries there ever were.
    taken_in: u64,
    is_closed: bool,
}

/// What callers and the writer share.
#[derive(Debug)]
pub(crate) struct Inbox {
    waiting: Mutex<Waiting>,
    has_come: Condvar,
    progress: watch::Sender<Progress>,
}

impl Default for Inbox {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            has_come: Condvar::new(),
            progress: watch::Sender::default(),
        }
    }
}

impl Inbox {
    /// Takes entries in, in this order and behind all others.
    pub(crate) fn put(&self, entries: impl IntoIterator<Item = Entry>) {
        let mut waiting = self.waiting();
        for entry in entries {
            waiting.bytes += entry.bytes();
            waiting.taken_in += 1;
            waiting.entries.push(entry);
        }
        drop(waiting);
        self.has_come.notify_one();
    }

    /// Why nothing new may begin, while that is so: what runs needs the room that is left.
    pub(crate) fn refusal(&self) -> Option<Arc<str>> {
        let failing = self.progress.borrow().failing.clone();
        let is_full = || self.waiting().bytes > MOST_HELD;
        failing.or_else(|| is_full().then(|| "the disk is too slow".into()))
    }

    /// How many entries there ever were.
    pub(crate) fn taken_in(&self) -> u64 {
        self.waiting().taken_in
    }

    pub(crate) fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Ends once all that was put in so far is committed.
    pub(crate) fn settled(&self) -> Settling {
        let wanted = self.taken_in();
        let mut progress = self.progress();
        Box::pin(async move {
            // A store that is gone commits nothing more: whoever waits for it waits for ever.
            if progress.wait_for(|progress| progress.committed >= wanted).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }

    /// Nothing more will come.
    pub(crate) fn close(&self) {
        self.waiting().is_closed = true;
        self.has_come.notify_one();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has the file written anew behind all that came before, and waits for that.
    pub(crate) fn write_anew(&self) -> Result<(), String> {
        let (done, is_done) = mpsc::channel();
        self.waiting().anew.push(done);
        self.has_come.notify_one();
        is_done.recv().unwrap_or_else(|_gone| Err("nobody writes any more".to_owned()))
    }

    /// What comes next; `None` once nothing more will.
    fn take(&self) -> Option<Taken> {
        let mut waiting = self.waiting();
        while waiting.entries.is_empty() && waiting.anew.is_empty() {
            if waiting.is_closed {
                return None;
            }
            waiting = self.has_come.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        waiting.bytes = 0;
        let (entries, anew) = (mem::take(&mut waiting.entries), mem::take(&mut waiting.anew));
        Some(Taken { entries, anew })
    }

    fn is_closed(&self) -> bool {
        self.waiting().is_closed
    }
}

/// What has come since it was looked before.
struct Taken {
    entries: Vec<Entry>,
    anew: Vec<Asking>,
}

/// Commits what comes until nothing more will. What cannot be committed is tried again, and is lost
/// only with the process, which has told nobody of it.
pub(crate) fn write(
    shared: &Shared,
    reopen: impl Fn() -> Result<Database, DatabaseError>,
    make_anew: impl Fn(&Database) -> Result<(Database, Replaced), String>,
) {
    let inbox = &shared.inbox;
    while let Some(Taken { entries, anew }) = inbox.take() {
        while !entries.is_empty() {
            let committed = match shared.database() {
                Some(open) => commit(&open, &entries, Some(&shared.phone_hash_key))
                    .map_err(|error| error.to_string()),
                None => Err("it is not open".to_owned()),
            };
            let Err(reason) = committed else { break };
            inbox.progress.send_modify(|progress| progress.failing = Some(reason.into()));
            if inbox.is_closed() {
                return;
            }
            std::thread::sleep(AGAIN_AFTER);
            // After a write that failed the file is opened anew: what was committed is whole.
            shared.close_database();
            if let Ok(database) = reopen() {
                let _none_before = shared.use_database(database);
            }
        }
        let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
        inbox.progress.send_modify(|progress| {
            progress.committed += count;
            progress.commits += u64::from(count > 0);
            progress.failing = None;
        });
        if !anew.is_empty() {
            match write_anew(shared, &make_anew) {
                Ok((left, replaced)) => shred_aside(left, replaced, anew),
                Err(reason) => tell(&anew, &Err(reason)),
            }
        }
    }
}

/// Goes on with a new file of the same rows; answers with the old one.
fn write_anew(
    shared: &Shared,
    make_anew: impl Fn(&Database) -> Result<(Database, Replaced), String>,
) -> Result<(Left, Replaced), String> {
    let gone = || "the disk fails".to_owned();
    let open = shared.database().ok_or_else(gone)?;
    let (fresh, replaced) = make_anew(&open)?;
    drop(open);
    let left = shared.use_database(fresh).ok_or_else(gone)?;
    Ok((left, replaced))
}

/// Writes over the old file beside the writer: what comes meanwhile is committed to the new one.
fn shred_aside(left: Left, replaced: Replaced, asking: Vec<Asking>) {
    let shredding = std::thread::Builder::new().name("journal-shred".to_owned());
    // Where no thread can be made, nobody is left to tell, and whoever asks hears that.
    let _ended_by_itself =
        shredding.spawn(move || shred(&left, replaced, READERS_LEAVE, |told| tell(&asking, &told)));
}

/// Writes over it once nobody reads it any more, however long that takes; says how it went once that is
/// known, or after so long.
fn shred(
    left: &Left,
    replaced: Replaced,
    patience: Duration,
    tell: impl FnOnce(Result<(), String>),
) {
    if left.within(patience) {
        return tell(replaced.shred().map_err(|error| error.to_string()));
    }
    tell(Err("the file is written anew, and the old one is still being read; it is written over \
              once it is not, unless the process ends before"
        .to_owned()));
    left.wait();
    // It has no name any more, and whoever asked was told that its bytes may stay.
    let _told_before = replaced.shred();
}

/// Whoever does not wait any more is told nothing.
fn tell(asking: &[Asking], done: &Result<(), String>) {
    for asking in asking {
        let _gone = asking.send(done.clone());
    }
}

#[cfg(test)]
mod tests;
