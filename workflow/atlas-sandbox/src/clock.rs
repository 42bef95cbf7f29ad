//! What time it is: the wall clock at the start, carried on by tokio's clock, so that a test that pauses
//! and advances time moves sessions, visibility timeouts and calls with it.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    at: Timestamp,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { started: Instant::now(), at: Timestamp::now() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = jiff::SignedDuration::try_from(self.started.elapsed())
            .unwrap_or(jiff::SignedDuration::ZERO);
        self.at.checked_add(elapsed).unwrap_or(Timestamp::MAX)
    }
}

/// Seconds since 1970, as AWS's JSON writes a timestamp.
pub(crate) fn epoch_seconds(at: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
    let milliseconds = at.as_millisecond() as f64;
    milliseconds / 1000.0
}

/// `timestamp` plus `duration`, at most the end of time.
pub(crate) fn after(timestamp: Timestamp, duration: Duration) -> Timestamp {
    jiff::SignedDuration::try_from(duration)
        .ok()
        .and_then(|duration| timestamp.checked_add(duration).ok())
        .unwrap_or(Timestamp::MAX)
}
