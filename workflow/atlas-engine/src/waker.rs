//! Looks at the timers of runs when the machine's clock has come to them: one task for all.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::{sync::Notify, time::Instant};

use crate::{engine::Inner, run::Run};

/// When to look at which run.
#[derive(Debug, Default)]
pub(crate) struct Waker {
    appointments: Mutex<Appointments>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Appointments {
    runs: BTreeMap<(Instant, u64), Weak<Run>>,
    next_sequence: u64,
}

impl Waker {
    /// Makes sure that somebody looks at the run's timers when the first is due.
    pub(crate) fn attend(&self, run: &Arc<Run>) {
        let Some(instant) = run.watch() else { return };
        let is_first = {
            let mut appointments = self.appointments.lock().unwrap_or_else(PoisonError::into_inner);
            let key = (instant, appointments.next_sequence);
            appointments.next_sequence += 1;
            appointments.runs.insert(key, Arc::downgrade(run));
            appointments.runs.first_key_value().is_some_and(|(first, _)| *first == key)
        };
        if is_first {
            self.changed.notify_one();
        }
    }

    fn first(&self) -> Option<Instant> {
        let appointments = self.appointments.lock().unwrap_or_else(PoisonError::into_inner);
        appointments.runs.first_key_value().map(|((instant, _), _)| *instant)
    }

    fn take_due(&self) -> Option<Weak<Run>> {
        let mut appointments = self.appointments.lock().unwrap_or_else(PoisonError::into_inner);
        let first = appointments.runs.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove())
    }
}

/// Looks at timers for as long as the engine lives.
pub(crate) async fn wake(engine: Weak<Inner>, waker: Arc<Waker>) {
    loop {
        match waker.first() {
            Some(instant) => tokio::select! {
                () = tokio::time::sleep_until(instant) => {}
                () = waker.changed.notified() => {}
            },
            None => waker.changed.notified().await,
        }
        let Some(engine) = engine.upgrade() else { return };
        while let Some(run) = waker.take_due() {
            if let Some(run) = run.upgrade() {
                run.watched();
                engine.fire_due(&run);
            }
        }
    }
}

impl Waker {
    /// Lets the task that looks at timers notice that the engine is gone.
    pub(crate) fn dismiss(&self) {
        self.changed.notify_one();
    }
}
