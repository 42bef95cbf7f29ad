//! Random numbers of an execution: the same seed gives the same numbers, in the same order.

use std::{
    cell::Cell,
    hash::{DefaultHasher, Hash, Hasher},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use crate::{Seed, TaskToken};

/// Draws numbers from a seed. Each draw is a stream of its own, so that nothing but the count of
/// draws has to be remembered.
#[derive(Debug)]
pub(crate) struct Random {
    seed: Seed,
    draws: Cell<u64>,
}

impl Random {
    pub(crate) const fn new(seed: Seed) -> Self {
        Self { seed, draws: Cell::new(0) }
    }

    fn stream(&self) -> ChaCha8Rng {
        let draw = self.draws.get();
        self.draws.set(draw + 1);
        let mut generator = ChaCha8Rng::from_seed(self.seed.0);
        generator.set_stream(draw);
        generator
    }

    /// The next number.
    pub(crate) fn next(&self) -> u64 {
        self.stream().next_u64()
    }

    /// A random UUID (version 4).
    pub(crate) fn uuid(&self) -> String {
        let mut stream = self.stream();
        uuid(stream.next_u64(), stream.next_u64())
    }

    /// A number of milliseconds from 0 to `most`, each as likely.
    pub(crate) fn up_to(&self, most: i64) -> i64 {
        let bound = u64::try_from(most).unwrap_or(0).saturating_add(1);
        i64::try_from(self.next() % bound).unwrap_or(0)
    }

    /// A task token that nobody can guess.
    pub(crate) fn task_token(&self) -> TaskToken {
        let mut bytes = [0; 48];
        self.stream().fill_bytes(&mut bytes);
        TaskToken::new(URL_SAFE_NO_PAD.encode(bytes))
    }
}

fn uuid(high: u64, low: u64) -> String {
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

/// A UUID that the same things give again, so that an execution which comes back does not start a
/// second one for them.
pub fn uuid_of(things: impl Hash) -> String {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, &things).hash(&mut hasher);
        hasher.finish()
    };
    uuid(half(0), half(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_numbers() {
        let (one, two) = (Random::new(Seed([7; 32])), Random::new(Seed([7; 32])));
        let other = Random::new(Seed([8; 32]));
        let numbers: Vec<u64> = (0..3).map(|_| one.next()).collect();
        assert_eq!(numbers, (0..3).map(|_| two.next()).collect::<Vec<_>>());
        assert_ne!(numbers[0], numbers[1]);
        assert_ne!(numbers[0], other.next());
    }
}
