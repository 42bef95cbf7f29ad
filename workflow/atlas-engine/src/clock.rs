//! What time it is: the machine's, or one that can be moved forward.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use atlas_core::Timestamp;
use tokio::time::{Duration, Instant};

/// A clock that never goes back. It flows with the machine's, and may be moved forward.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Timestamp,
    flows_since: Option<Instant>,
    skipped_millis: AtomicI64,
}

impl Clock {
    /// The machine's clock.
    pub(crate) fn system() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::starting(Timestamp::from_millis(millis(since_epoch)), Some(Instant::now()))
    }

    /// A clock that starts at a moment. It flows, or it stands until it is moved.
    pub(crate) fn starting(start: Timestamp, flows_since: Option<Instant>) -> Self {
        Self { start, flows_since, skipped_millis: AtomicI64::new(0) }
    }

    /// A clock of its own that starts when this one shows and flows on.
    pub(crate) fn branch(&self) -> Self {
        Self::starting(self.now(), self.flows_since.map(|_| Instant::now()))
    }

    pub(crate) fn now(&self) -> Timestamp {
        let flowed = self.flows_since.map_or(0, |since| millis(since.elapsed()));
        self.start.plus_millis(flowed).plus_millis(self.skipped_millis.load(Ordering::Acquire))
    }

    /// Moves the clock to a moment, unless it is later already.
    pub(crate) fn skip_to(&self, moment: Timestamp) {
        let missing = moment.millis_since(self.now());
        if missing > 0 {
            self.skipped_millis.fetch_add(missing, Ordering::AcqRel);
        }
    }

    /// When the machine's clock will be where this clock then shows the moment, if it is let flow.
    pub(crate) fn instant_of(&self, moment: Timestamp) -> Option<Instant> {
        self.flows_since?;
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
}
