//! What time it is: the machine's, or one that can be moved forward.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use atlas_core::Timestamp;
use tokio::time::{Duration, Instant};

/// A clock that never goes back. It flows with the machine's, may be moved forward and held still.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Timestamp,
    flows_since: Option<Instant>,
    skipped_millis: AtomicI64,
    stillness: Mutex<Stillness>,
}

/// How long a clock that flows stood still.
#[derive(Debug, Default)]
struct Stillness {
    /// How many hold it still.
    holders: usize,
    /// Since when they do.
    since: Option<Instant>,
    /// How long others did before.
    before: Duration,
}

impl Stillness {
    fn total(&self) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

impl Clock {
    /// The machine's clock.
    pub(crate) fn system() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::starting(Timestamp::from_millis(millis(since_epoch)), Some(Instant::now()))
    }

    /// A clock that starts at a moment. It flows, or it stands until it is moved.
    pub(crate) fn starting(start: Timestamp, flows_since: Option<Instant>) -> Self {
        Self { start, flows_since, skipped_millis: AtomicI64::new(0), stillness: Mutex::default() }
    }

    /// A clock of its own that starts when this one shows and flows on.
    pub(crate) fn branch(&self) -> Self {
        Self::starting(self.now(), self.flows_since.map(|_| Instant::now()))
    }

    pub(crate) fn now(&self) -> Timestamp {
        let flowed = self.flows_since.map_or(0, |since| {
            // Read under the lock, so that nobody sees it go back.
            let stillness = self.stillness();
            millis(since.elapsed().saturating_sub(stillness.total()))
        });
        self.start.plus_millis(flowed).plus_millis(self.skipped_millis.load(Ordering::Acquire))
    }

    /// Moves the clock to a moment, unless it is later already.
    pub(crate) fn skip_to(&self, moment: Timestamp) {
        let missing = moment.millis_since(self.now());
        if missing > 0 {
            self.skipped_millis.fetch_add(missing, Ordering::AcqRel);
        }
    }

    /// It stands still until all who hold it have let go of it.
    pub(crate) fn hold_still(&self) {
        let mut stillness = self.stillness();
        stillness.holders += 1;
        stillness.since.get_or_insert_with(Instant::now);
    }

    /// Undoes one `hold_still`.
    pub(crate) fn let_flow(&self) {
        let mut stillness = self.stillness();
        stillness.holders = stillness.holders.saturating_sub(1);
        if stillness.holders == 0
            && let Some(since) = stillness.since.take()
        {
            stillness.before += since.elapsed();
        }
    }

    fn stillness(&self) -> MutexGuard<'_, Stillness> {
        self.stillness.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the machine's clock will be where this clock then shows the moment, if it flows and is let flow.
    pub(crate) fn instant_of(&self, moment: Timestamp) -> Option<Instant> {
        self.flows_since?;
        if self.stillness().since.is_some() {
            return None;
        }
        let missing = u64::try_from(moment.millis_since(self.now())).unwrap_or(0);
        // Further away than this no timer can be set; the waker looks again then.
        const FAR: u64 = 30 * 24 * 60 * 60 * 1000;
        Some(Instant::now() + Duration::from_millis(missing.min(FAR)))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_it_is_moved_and_never_back() {
        let clock = Clock::starting(Timestamp::from_millis(1000), None);
        assert_eq!(clock.now(), Timestamp::from_millis(1000));
        clock.skip_to(Timestamp::from_millis(5000));
        clock.skip_to(Timestamp::from_millis(2000));
        assert_eq!(clock.now(), Timestamp::from_millis(5000));
        assert_eq!(clock.instant_of(Timestamp::from_millis(6000)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_flowing_clock_adds_what_was_skipped_to_what_flowed() {
        let clock = Clock::starting(Timestamp::from_millis(0), Some(Instant::now()));
        tokio::time::advance(Duration::from_millis(30)).await;
        clock.skip_to(Timestamp::from_millis(100));
        tokio::time::advance(Duration::from_millis(30)).await;
        assert_eq!(clock.now(), Timestamp::from_millis(130));
        let due = clock.instant_of(Timestamp::from_millis(150)).unwrap();
        assert_eq!(due - Instant::now(), Duration::from_millis(20));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flowing_clock_stands_for_as_long_as_anybody_holds_it() {
        let clock = Clock::starting(Timestamp::from_millis(0), Some(Instant::now()));
        let pass = |millis| tokio::time::advance(Duration::from_millis(millis));
        pass(10).await;
        clock.hold_still();
        pass(100).await;
        clock.hold_still();
        clock.let_flow();
        pass(100).await;
        assert_eq!(clock.now(), Timestamp::from_millis(10));
        assert_eq!(clock.instant_of(Timestamp::from_millis(20)), None);
        clock.let_flow();
        pass(5).await;
        assert_eq!(clock.now(), Timestamp::from_millis(15));
        let due = clock.instant_of(Timestamp::from_millis(20)).unwrap();
        assert_eq!(due - Instant::now(), Duration::from_millis(5));
    }
}
