//! One piece of work at a time, however many ask for it: all of them get the one result.

use std::{
    fmt,
    sync::{Mutex, PoisonError},
};

use tokio::sync::watch;

use crate::observe;

/// The work that is under way, if any.
pub(crate) struct SingleFlight<T> {
    current: Mutex<Option<watch::Receiver<Option<T>>>>,
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self { current: Mutex::new(None) }
    }
}

impl<T> fmt::Debug for SingleFlight<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SingleFlight")
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// Waits for the work that is under way. Else, unless `already` has what is wanted, begins
    /// `work`, as a task of its own: it goes on when the caller is cut off by a deadline, since
    /// others may wait for it. `None` if the work panicked.
    ///
    /// The work must store its result, where it does, before it ends; so `already` sees it.
    pub(crate) async fn join_or_begin(
        &self,
        already: impl FnOnce() -> Option<T>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        let mut receiver = match self.enter(already, work) {
            Entered::Already(value) => return Some(value),
            Entered::Flight(receiver) => receiver,
        };
        let landed = receiver.wait_for(Option::is_some).await.ok()?;
        landed.clone()
    }

    /// Begins `work`, if it is not under way, and does not wait.
    pub(crate) fn begin(&self, work: impl Future<Output = T> + Send + 'static) {
        let _ = self.enter(|| None, work);
    }

    fn enter(
        &self,
        already: impl FnOnce() -> Option<T>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Entered<T> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(receiver) = current.as_ref()
            && receiver.borrow().is_none()
            // The sender goes when the work panics.
            && receiver.has_changed().is_ok()
        {
            return Entered::Flight(receiver.clone());
        }
        if let Some(value) = already() {
            return Entered::Already(value);
        }
        let (sender, receiver) = watch::channel(None);
        observe::beside(async move {
            let value = work.await;
            // Nobody may wait any more.
            let _ = sender.send(Some(value));
        });
        *current = Some(receiver.clone());
        Entered::Flight(receiver)
    }
}

enum Entered<T> {
    Already(T),
    Flight(watch::Receiver<Option<T>>),
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn many_who_ask_share_one_piece_of_work_and_its_failure() {
        let flight: Arc<SingleFlight<Result<u32, &str>>> = Arc::default();
        let begun = Arc::new(AtomicU32::new(0));
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (flight, begun) = (flight.clone(), begun.clone());
            asking.spawn(async move {
                let work = async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    tokio::task::yield_now().await;
                    Err("no")
                };
                flight.join_or_begin(|| None, work).await
            });
        }
        for result in asking.join_all().await {
            assert_eq!(result, Some(Err("no")));
        }
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn work_goes_on_when_the_one_who_began_it_is_cut_off() {
        let flight: Arc<SingleFlight<u32>> = Arc::default();
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let first = flight.clone();
        let begun = tokio::spawn(async move {
            let work = async move {
                let _ = wait.await;
                7
            };
            first.join_or_begin(|| None, work).await
        });
        tokio::task::yield_now().await;
        begun.abort();
        let second = flight.join_or_begin(|| None, async { 8 });
        let (second, _) = tokio::join!(second, async { go.send(()) });
        assert_eq!(second, Some(7));
    }

    #[tokio::test]
    async fn work_that_panics_leaves_room_for_the_next() {
        let flight: SingleFlight<u32> = SingleFlight::default();
        let panics = async { panic!("on purpose") };
        assert_eq!(flight.join_or_begin(|| None, panics).await, None);
        assert_eq!(flight.join_or_begin(|| None, async { 2 }).await, Some(2));
    }
}
