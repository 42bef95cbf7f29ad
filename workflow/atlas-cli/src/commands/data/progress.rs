//! How far a long command is, on a terminal.

use std::{
    io::{self, IsTerminal as _},
    time::{Duration, Instant},
};

const EVERY: Duration = Duration::from_millis(200);

/// How far a long command is. What is over at once says nothing, and neither does anything elsewhere than on a
/// terminal.
pub(super) struct Progress {
    what: &'static str,
    is_shown: bool,
    next: Option<Instant>,
}

impl Progress {
    pub(super) fn of(what: &'static str) -> Self {
        let next = io::stderr().is_terminal().then(|| Instant::now() + EVERY);
        Self { what, is_shown: false, next }
    }

    pub(super) fn tell(&mut self, done: u64, all: u64) {
        let Some(next) = self.next else { return };
        let now = Instant::now();
        if done == all && self.is_shown {
            eprintln!("\r{}: {done} of {all}", self.what);
            self.is_shown = false;
        } else if done < all && now >= next {
            eprint!("\r{}: {done} of {all}", self.what);
            (self.is_shown, self.next) = (true, Some(now + EVERY));
        }
    }
}
