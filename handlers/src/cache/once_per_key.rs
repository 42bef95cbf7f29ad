//! One piece of work per key at a time: whoever asks meanwhile gets the same result.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OnceCell;

/// The work in flight, by key.
#[derive(Debug)]
pub struct OncePerKey<V>(Mutex<HashMap<String, Arc<OnceCell<V>>>>);

impl<V> Default for OncePerKey<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Clone> OncePerKey<V> {
    /// Does the work, or waits for who does it. A failure is shared as well, so that an outage costs
    /// all who wait one deadline and not one after another. If the one who works is cancelled, the
    /// next who waits takes over.
    pub async fn run(&self, key: String, work: impl Future<Output = V>) -> V {
        let flight = Arc::clone(self.flights().entry(key.clone()).or_default());
        let _landing = Landing { flights: self, key: &key, flight: &flight };
        flight.get_or_init(|| work).await.clone()
    }

    fn flights(&self) -> MutexGuard<'_, HashMap<String, Arc<OnceCell<V>>>> {
        // Each change is one call on the map, so a panic elsewhere broke nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a flight that is done, or that nobody waits for, out of the map: also when cancelled.
struct Landing<'a, V: Clone> {
    flights: &'a OncePerKey<V>,
    key: &'a str,
    flight: &'a Arc<OnceCell<V>>,
}

impl<V: Clone> Drop for Landing<'_, V> {
    fn drop(&mut self) {
        let mut flights = self.flights.flights();
        let ours = flights.get(self.key).is_some_and(|known| Arc::ptr_eq(known, self.flight));
        // Two hold it: the map and this one.
        if ours && (self.flight.initialized() || Arc::strong_count(self.flight) <= 2) {
            flights.remove(self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn many_who_ask_cause_one_piece_of_work() {
        let once = Arc::new(OncePerKey::default());
        let works = Arc::new(AtomicUsize::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..200 {
            let (once, works) = (Arc::clone(&once), Arc::clone(&works));
            tasks.spawn(async move {
                let work = async {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    works.fetch_add(1, Ordering::SeqCst)
                };
                once.run("key".to_owned(), work).await
            });
        }
        assert!(tasks.join_all().await.into_iter().all(|result| result == 0));
        assert_eq!(works.load(Ordering::SeqCst), 1);
        assert!(once.flights().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancelled_one_is_followed_by_the_next() {
        let once = Arc::new(OncePerKey::default());
        let never = once.run("key".to_owned(), std::future::pending::<u32>());
        assert!(tokio::time::timeout(Duration::from_millis(5), never).await.is_err());
        assert!(once.flights().is_empty());
        assert_eq!(once.run("key".to_owned(), async { 7 }).await, 7);
    }
}
