//! Finds executions by their ARN, and tasks by their token.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use atlas_core::{TaskId, TaskToken};

use crate::{cell::Cell, limits::Count};

const SHARDS: usize = 16;

/// All executions that the engine knows, running or ended.
#[derive(Debug, Default)]
pub(crate) struct Executions {
    hasher: RandomState,
    shards: [Mutex<HashMap<Arc<str>, Arc<Cell>>>; SHARDS],
    /// Whoever looks elsewhere for what is not in memory, or takes something out of memory.
    looking: [Mutex<()>; SHARDS],
    begun: AtomicU64,
    /// Those of STANDARD machines that have not ended.
    pub(crate) open: Count,
}

impl Executions {
    /// The place of the next execution among all.
    pub(crate) fn next_sequence(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::Relaxed)
    }

    /// Adds an execution, or answers with the one that has its ARN already.
    pub(crate) fn insert(&self, cell: &Arc<Cell>) -> Result<(), Arc<Cell>> {
        let arn = &cell.identity.execution_arn;
        match self.shard(arn).entry(Arc::clone(arn)) {
            Entry::Occupied(entry) => Err(Arc::clone(entry.get())),
            Entry::Vacant(entry) => {
                entry.insert(Arc::clone(cell));
                Ok(())
            }
        }
    }

    pub(crate) fn find(&self, execution_arn: &str) -> Option<Arc<Cell>> {
        self.shard(execution_arn).get(execution_arn).cloned()
    }

    /// As long as this is held, nobody else looks elsewhere for an execution of this ARN, and none
    /// leaves memory.
    ///
    /// Whoever takes it may hold no execution that others could have found.
    pub(crate) fn looking_for(&self, execution_arn: &str) -> MutexGuard<'_, ()> {
        let looking = &self.looking[shard_of(&self.hasher, execution_arn)];
        looking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an execution out, if it is the one that is known by its ARN.
    pub(crate) fn forget(&self, cell: &Arc<Cell>) {
        let arn = &cell.identity.execution_arn;
        if let Entry::Occupied(known) = self.shard(arn).entry(Arc::clone(arn))
            && Arc::ptr_eq(known.get(), cell)
        {
            known.remove();
        }
    }

    /// Puts an execution in the place of one that has its ARN.
    pub(crate) fn replace(&self, cell: &Arc<Cell>) {
        let arn = &cell.identity.execution_arn;
        self.shard(arn).insert(Arc::clone(arn), Arc::clone(cell));
    }

    /// Every execution, in no order.
    pub(crate) fn all(&self) -> Vec<Arc<Cell>> {
        let locked = |shard| Mutex::lock(shard).unwrap_or_else(PoisonError::into_inner);
        self.shards
            .iter()
            .flat_map(|shard| locked(shard).values().cloned().collect::<Vec<_>>())
            .collect()
    }

    fn shard(&self, arn: &str) -> MutexGuard<'_, HashMap<Arc<str>, Arc<Cell>>> {
        let shard = &self.shards[shard_of(&self.hasher, arn)];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tasks that somebody outside may end. A token stays known after its task has ended, so that a
/// late bearer is told so.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

#[derive(Debug, Default)]
struct Shard {
    tasks: HashMap<TaskToken, (Weak<Cell>, TaskId)>,
    /// At this size, the tokens of forgotten executions are swept out.
    sweep_at: usize,
}

impl Tokens {
    pub(crate) fn insert(&self, token: TaskToken, cell: &Arc<Cell>, task: TaskId) {
        let mut shard = self.shard(token.expose());
        if shard.tasks.len() >= shard.sweep_at.max(128) {
            shard.tasks.retain(|_, (cell, _)| cell.strong_count() > 0);
            shard.sweep_at = shard.tasks.len() * 2;
        }
        shard.tasks.insert(token, (Arc::downgrade(cell), task));
    }

    pub(crate) fn find(&self, token: &str) -> Option<(Weak<Cell>, TaskId)> {
        self.shard(token).tasks.get(&TaskToken::new(token)).cloned()
    }

    fn shard(&self, token: &str) -> MutexGuard<'_, Shard> {
        let shard = &self.shards[shard_of(&self.hasher, token)];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn shard_of(hasher: &RandomState, key: &str) -> usize {
    // The upper bits, for the map inside uses the lower ones of a hash like this.
    (hasher.hash_one(key) >> 56) as usize % SHARDS
}
