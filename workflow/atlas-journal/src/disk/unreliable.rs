//! A disk that fails by chance.

use std::{
    io, process,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use redb::StorageBackend;

use super::{DiskFault, held_back::HeldBack};

/// The power fails within two to the power of this many operations.
const LAST_LOSS: u32 = 11;
/// One sync in this many fails.
const FAILING_SYNC: u32 = 24;

/// When and how a disk fails, however often its file is opened.
#[derive(Debug)]
pub(crate) struct Chance {
    syncs_fail: bool,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    random: ChaCha8Rng,
    /// How many operations are left before the power fails, where it will.
    left: Option<u64>,
}

/// What becomes of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    Failed,
    PowerLost,
}

impl Chance {
    pub(crate) fn new(faults: &[DiskFault], seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        // As likely among the first few operations, when the file is opened, as among a thousand.
        let magnitude = random.next_u32() % LAST_LOSS;
        let left = (1 << magnitude) + random.next_u64() % (1 << magnitude);
        let left = faults.contains(&DiskFault::PowerLoss).then_some(left);
        let syncs_fail = faults.contains(&DiskFault::FailingSync);
        Self { syncs_fail, state: Mutex::new(State { random, left }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file on a disk that fails by chance.
#[derive(Debug)]
pub(crate) struct Unreliable<B> {
    chance: Arc<Chance>,
    file: Mutex<OpenFile<B>>,
    lose_power: fn(),
}

#[derive(Debug)]
struct OpenFile<B> {
    held_back: HeldBack<B>,
    has_failed: bool,
}

impl<B: StorageBackend> Unreliable<B> {
    pub(super) fn new(disk: B, chance: Arc<Chance>) -> io::Result<Self> {
        Self::with_power(disk, chance, || process::abort())
    }

    /// The power is lost in a way of the caller's; if the process goes on, the file has failed.
    pub(crate) fn with_power(disk: B, chance: Arc<Chance>, lose_power: fn()) -> io::Result<Self> {
        let file = OpenFile { held_back: HeldBack::from(disk)?, has_failed: false };
        Ok(Self { chance, file: Mutex::new(file), lose_power })
    }

    fn file(&self) -> MutexGuard<'_, OpenFile<B>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An operation that changes something, unless the disk fails at it.
    fn operate(
        &self,
        is_sync: bool,
        operation: impl FnOnce(&mut HeldBack<B>) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut file = self.file();
        file.check()?;
        let mut state = self.chance.state();
        let fate = state.fate(is_sync && self.chance.syncs_fail);
        if fate == Fate::Done {
            drop(state);
            return operation(&mut file.held_back);
        }
        if !is_sync {
            // What was being written when the power failed may be there as well.
            operation(&mut file.held_back)?;
        }
        file.has_failed = true;
        file.held_back.lose(&mut state.random)?;
        if fate == Fate::PowerLost {
            (self.lose_power)();
        }
        file.check()
    }
}

impl State {
    fn fate(&mut self, may_fail: bool) -> Fate {
        match &mut self.left {
            Some(0) => return Fate::PowerLost,
            Some(left) => *left -= 1,
            None => {}
        }
        if may_fail && self.random.next_u32().is_multiple_of(FAILING_SYNC) {
            return Fate::Failed;
        }
        Fate::Done
    }
}

impl<B> OpenFile<B> {
    fn check(&self) -> io::Result<()> {
        if self.has_failed { Err(io::Error::other("the disk has failed")) } else { Ok(()) }
    }
}

impl<B: StorageBackend> StorageBackend for Unreliable<B> {
    fn len(&self) -> io::Result<u64> {
        let file = self.file();
        file.check()?;
        Ok(file.held_back.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let file = self.file();
        file.check()?;
        file.held_back.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.operate(false, |held_back| {
            held_back.set_len(len);
            Ok(())
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        self.operate(true, HeldBack::sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.operate(false, |held_back| {
            held_back.write(offset, data);
            Ok(())
        })
    }

    fn close(&self) -> io::Result<()> {
        self.file().held_back.close()
    }
}
