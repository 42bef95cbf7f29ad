//! The secret in memory: read once, then refreshed beside the traffic.
//!
//! While it is refreshed the old one is given out, also when the refresh fails: a secret that is
//! older than its time is most likely still right, and Salesforce says so if it is not.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use jiff::{SignedDuration, Timestamp};

use super::{SalesforceSecret, Secrets, SecretsUnavailable};
use crate::{clock::Clock, single_flight::SingleFlight};

/// How long to leave Secrets Manager alone after a refresh that failed.
const AFTER_A_FAILURE: SignedDuration = SignedDuration::from_secs(30);

/// A secret, and which reading it comes from.
#[derive(Debug, Clone)]
pub struct Held {
    /// The secret.
    pub secret: Arc<SalesforceSecret>,
    /// The how manieth reading.
    reading: u64,
    refresh_at: Timestamp,
}

type Reading = Result<Held, SecretsUnavailable>;

/// The secret, cached.
#[derive(Clone)]
pub struct CachedSecret {
    shared: Arc<Shared>,
}

struct Shared {
    source: Arc<dyn Secrets>,
    clock: Arc<dyn Clock>,
    time_to_live: SignedDuration,
    held: RwLock<Option<Held>>,
    reading: SingleFlight<Reading>,
}

impl fmt::Debug for CachedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CachedSecret(…)")
    }
}

impl CachedSecret {
    /// Nothing is read yet.
    pub fn new(
        source: Arc<dyn Secrets>,
        clock: Arc<dyn Clock>,
        time_to_live: SignedDuration,
    ) -> Self {
        let held = RwLock::new(None);
        let reading = SingleFlight::default();
        Self { shared: Arc::new(Shared { source, clock, time_to_live, held, reading }) }
    }

    /// The secret: waits only where none was ever read.
    pub async fn get(&self) -> Reading {
        let Some(held) = self.shared.held() else {
            return self.read_unless(|shared| shared.held()).await;
        };
        if self.shared.clock.now() >= held.refresh_at {
            self.shared.reading.begin(self.shared.clone().read());
        }
        Ok(held)
    }

    /// A secret that was read after `used`, because Salesforce refused that one.
    pub async fn refresh_now(&self, used: &Held) -> Reading {
        let used = used.reading;
        self.read_unless(move |shared| shared.held().filter(|held| held.reading > used)).await
    }

    async fn read_unless(&self, already: impl FnOnce(&Shared) -> Option<Held>) -> Reading {
        let shared = &self.shared;
        let read = shared.clone().read();
        let result = shared.reading.join_or_begin(|| already(shared).map(Ok), read).await;
        result.unwrap_or_else(|| Err(SecretsUnavailable::new("reading the secret broke off")))
    }
}

impl Shared {
    fn held(&self) -> Option<Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn read(self: Arc<Self>) -> Reading {
        let result = self.source.read().await;
        let now = self.clock.now();
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        match result {
            Ok(secret) => {
                let reading = held.as_ref().map_or(1, |held| held.reading + 1);
                let refresh_at = now + self.time_to_live;
                let fresh = Held { secret: Arc::new(secret), reading, refresh_at };
                *held = Some(fresh.clone());
                Ok(fresh)
            }
            Err(error) => {
                if let Some(held) = held.as_mut() {
                    held.refresh_at = held.refresh_at.max(now + AFTER_A_FAILURE);
                }
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SetClock, StubSecrets};

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    fn cached(source: &Arc<StubSecrets>, clock: &Arc<SetClock>) -> CachedSecret {
        CachedSecret::new(source.clone(), clock.clone(), HOUR)
    }

    #[tokio::test]
    async fn two_hundred_first_callers_cause_one_reading() {
        let source = Arc::new(StubSecrets::default());
        let cached = cached(&source, &Arc::default());
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let cached = cached.clone();
            callers.spawn(async move { cached.get().await.map(drop) });
        }
        assert!(callers.join_all().await.iter().all(Result::is_ok));
        assert_eq!(source.readings(), 1);
    }

    #[tokio::test]
    async fn an_old_secret_is_given_out_while_a_new_one_is_read() {
        let (source, clock) = (Arc::new(StubSecrets::default()), Arc::<SetClock>::default());
        let cached = cached(&source, &clock);
        let first = cached.get().await.unwrap();
        clock.advance(HOUR);
        assert_eq!(cached.get().await.unwrap().reading, first.reading);
        assert_eq!(cached.get().await.unwrap().reading, first.reading);
        while source.readings() < 2 {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
        assert_eq!(cached.get().await.unwrap().reading, first.reading + 1);
        assert_eq!(source.readings(), 2);
    }

    #[tokio::test]
    async fn a_refresh_that_fails_keeps_the_old_secret_and_waits() {
        let (source, clock) = (Arc::new(StubSecrets::default()), Arc::<SetClock>::default());
        let cached = cached(&source, &clock);
        cached.get().await.unwrap();
        source.fail(true);
        clock.advance(HOUR);
        for _ in 0..10 {
            assert!(cached.get().await.is_ok());
            tokio::task::yield_now().await;
        }
        assert_eq!(source.readings(), 2);
        clock.advance(AFTER_A_FAILURE);
        assert!(cached.get().await.is_ok());
        tokio::task::yield_now().await;
        assert_eq!(source.readings(), 3);
    }

    #[tokio::test]
    async fn a_refused_secret_is_read_afresh_once_however_many_say_so() {
        let source = Arc::new(StubSecrets::default());
        let cached = cached(&source, &Arc::default());
        let refused = cached.get().await.unwrap();
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (cached, refused) = (cached.clone(), refused.clone());
            callers.spawn(async move { cached.refresh_now(&refused).await.unwrap().reading });
        }
        let readings = callers.join_all().await;
        assert!(readings.iter().all(|reading| *reading == 2), "{readings:?}");
        assert_eq!(source.readings(), 2);
    }

    #[tokio::test]
    async fn a_first_reading_that_fails_is_told_and_tried_again() {
        let source = Arc::new(StubSecrets::default());
        source.fail(true);
        let cached = cached(&source, &Arc::default());
        for _ in 0..2 {
            assert_eq!(cached.get().await.unwrap_err().cause, "down");
        }
        assert_eq!(source.readings(), 2);
    }
}
