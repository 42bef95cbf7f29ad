//! A run: the executions that share one clock and its timers.
//!
//! Everything in real time is one run. An execution that skips its waits is a run of its own, with
//! all that it starts: where nothing of it can go on, no task is being done and nobody outside may
//! still send a callback, its clock jumps to its next timer.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError, Weak},
};

use atlas_core::{TimerId, Timestamp};
use tokio::time::Instant;

use crate::{cell::Cell, clock::Clock};

/// Executions of one clock.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) clock: Clock,
    pace: Pace,
    state: Mutex<State>,
}

/// How a run's time passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// With the machine's.
    Real,
    /// It jumps over waits.
    Skipping,
}

/// What is due.
#[derive(Debug)]
pub(crate) enum Due {
    /// A timer of an execution.
    Timer(Weak<Cell>, TimerId),
    /// An execution that rests, by its place among all.
    Rested(u64),
}

#[derive(Debug, Default)]
struct State {
    timers: BTreeMap<TimerKey, (Weak<Cell>, TimerId)>,
    /// Until when executions rest that are not in memory.
    resting: BTreeSet<(Timestamp, u64)>,
    next_sequence: u64,
    /// Facts on their way and calls in flight.
    working: usize,
    /// Tasks that somebody outside may still end.
    held: usize,
    /// Nothing comes due before it is let go on.
    is_held_back: bool,
    /// Executions that were started by others of the run.
    nested: usize,
    /// When somebody will look at the timers.
    watched: Option<Instant>,
}

/// Where a timer stands: by its deadline, then by its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerKey {
    pub(crate) at: Timestamp,
    sequence: u64,
}

impl TimerKey {
    /// Before all timers of this moment.
    pub(crate) const fn first_at(at: Timestamp) -> Self {
        Self { at, sequence: 0 }
    }
}

impl Run {
    pub(crate) fn new(clock: Clock, pace: Pace) -> Self {
        Self { clock, pace, state: Mutex::default() }
    }

    pub(crate) fn pace(&self) -> Pace {
        self.pace
    }

    pub(crate) fn start_timer(&self, at: Timestamp, cell: Weak<Cell>, timer: TimerId) -> TimerKey {
        let mut state = self.state();
        let key = TimerKey { at, sequence: state.next_sequence };
        state.next_sequence += 1;
        state.timers.insert(key, (cell, timer));
        key
    }

    pub(crate) fn cancel_timer(&self, key: TimerKey) {
        self.state().timers.remove(&key);
    }

    /// Nothing comes due before `let_go_on`.
    pub(crate) fn hold_back(&self) {
        self.state().is_held_back = true;
    }

    pub(crate) fn let_go_on(&self) {
        self.state().is_held_back = false;
    }

    /// An execution rests until a moment.
    pub(crate) fn rest(&self, until: Timestamp, number: u64) {
        self.state().resting.insert((until, number));
    }

    /// The same for many.
    pub(crate) fn rest_all(&self, resting: impl IntoIterator<Item = (Timestamp, u64)>) {
        self.state().resting.extend(resting);
    }

    /// An execution that rested until a moment is back before.
    pub(crate) fn is_back(&self, until: Timestamp, number: u64) {
        self.state().resting.remove(&(until, number));
    }

    /// Timers from here on, so many at most.
    pub(crate) fn timers_from(
        &self,
        from: Bound<TimerKey>,
        most: usize,
    ) -> Vec<(TimerKey, Weak<Cell>)> {
        let state = self.state();
        let timers = state.timers.range((from, Bound::Unbounded)).take(most);
        timers.map(|(key, (cell, _))| (*key, Weak::clone(cell))).collect()
    }

    /// Until when executions rest that are not in memory, behind this moment and place, so many at most.
    pub(crate) fn resting_after(
        &self,
        after: Option<(Timestamp, u64)>,
        most: usize,
    ) -> Vec<(Timestamp, u64)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.state().resting.range((from, Bound::Unbounded)).take(most).copied().collect()
    }

    /// A fact is on its way, or a call in flight.
    pub(crate) fn enter(&self) {
        if self.pace == Pace::Skipping {
            self.state().working += 1;
        }
    }

    /// What `enter` announced is done.
    pub(crate) fn leave(&self) {
        if self.pace == Pace::Skipping {
            let mut state = self.state();
            state.working = state.working.saturating_sub(1);
        }
    }

    /// The clock stands still, where it is one that skips.
    pub(crate) fn stand(&self) {
        if self.pace == Pace::Skipping {
            self.clock.hold_still();
        }
    }

    /// Undoes one `stand`.
    pub(crate) fn go_on(&self) {
        if self.pace == Pace::Skipping {
            self.clock.let_flow();
        }
    }

    /// Somebody outside may end a task.
    pub(crate) fn hold(&self) {
        if self.pace == Pace::Skipping {
            self.state().held += 1;
        }
    }

    /// What `hold` announced cannot happen any more.
    pub(crate) fn release(&self) {
        if self.pace == Pace::Skipping {
            let mut state = self.state();
            state.held = state.held.saturating_sub(1);
        }
    }

    /// One more execution was started by another of the run: how many those are.
    pub(crate) fn one_more_nested(&self) -> usize {
        let mut state = self.state();
        state.nested += 1;
        state.nested
    }

    pub(crate) fn is_held(&self) -> bool {
        self.state().held > 0
    }

    /// What is due next, or what the clock may jump to. Whoever takes a timer has entered.
    pub(crate) fn take_due(&self) -> Option<Due> {
        let mut state = self.state();
        if state.is_held_back {
            return None;
        }
        if let Some((until, number)) = state.next_to_rise() {
            if until > self.clock.now() {
                return None;
            }
            state.resting.remove(&(until, number));
            return Some(Due::Rested(number));
        }
        let (TimerKey { at, .. }, _) = state.timers.first_key_value()?;
        let at = *at;
        if at > self.clock.now() {
            if self.pace == Pace::Real || state.working > 0 || state.held > 0 {
                return None;
            }
            self.clock.skip_to(at);
        }
        if self.pace == Pace::Skipping {
            state.working += 1;
        }
        state.timers.pop_first().map(|(_, (cell, timer))| Due::Timer(cell, timer))
    }

    /// When somebody has to look at the timers, if nobody will so early.
    pub(crate) fn watch(&self) -> Option<Instant> {
        let mut state = self.state();
        if state.is_held_back {
            return None;
        }
        let at = match state.next_to_rise() {
            Some((until, _)) => until,
            None => state.timers.first_key_value()?.0.at,
        };
        let is_idle = self.pace == Pace::Skipping && state.working == 0 && state.held == 0;
        let instant = if is_idle { Instant::now() } else { self.clock.instant_of(at)? };
        if state.watched.is_some_and(|watched| watched <= instant) {
            return None;
        }
        state.watched = Some(instant);
        Some(instant)
    }

    /// Somebody looks at the timers now.
    pub(crate) fn watched(&self) {
        self.state().watched = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The execution whose rest ends before any timer is due.
    fn next_to_rise(&self) -> Option<(Timestamp, u64)> {
        let first = *self.resting.first()?;
        let timer = self.timers.first_key_value();
        timer.is_none_or(|(key, _)| first.0 < key.at).then_some(first)
    }
}
