//! What is left to chance, decided by a seed: who does what next, and how long somebody waits.

use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};

/// Decides what is left to chance.
#[derive(Debug)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// Everybody in a round has a stream of their own, so that none changes what another draws.
    pub(super) fn new(seed: u64, round: u64, stream: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed ^ round.rotate_left(32));
        random.set_stream(stream);
        Self(random)
    }

    /// A number below this one.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound.max(1)
    }

    /// Once in so many times.
    pub(super) fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of several.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let place = usize::try_from(self.below(from.len() as u64)).unwrap_or(0);
        from.get(place)
    }

    /// A time of so many milliseconds at most.
    pub(super) fn millis(&mut self, most: u64) -> Duration {
        Duration::from_millis(self.below(most + 1))
    }
}
