//! Letting executions leave memory that wait long or have ended: their events bring them back.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use atlas_core::{TaskId, Timestamp};
use tokio::{sync::Notify, time::Instant};

use crate::{
    archive::Rest,
    cell::{Body, Cell, OpenTask},
    engine::Inner,
    limits::Limits,
    names::is_express,
    run::Pace,
};

/// So many leave together at most.
const AT_ONCE: usize = 1_000;
/// An execution that goes on by itself so soon stays.
const SOON_MILLIS: i64 = 1_000;

/// The executions that nothing happens to, as far as is known: the first has waited longest.
#[derive(Debug)]
pub(crate) struct Idle {
    most: usize,
    stay: Duration,
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    kept: VecDeque<Idler>,
    /// Those that have ended and that nobody keeps: with the oldest its memory is lost.
    unkept: VecDeque<Weak<Cell>>,
}

#[derive(Debug)]
struct Idler {
    cell: Weak<Cell>,
    /// How many facts it had then: with another, something has happened to it.
    facts: u64,
    since: Instant,
}

impl Idle {
    pub(crate) fn new(limits: &Limits) -> Self {
        let (most, stay) = (limits.idle, limits.idle_for);
        Self { most, stay, waiting: Mutex::default(), changed: Notify::new() }
    }

    fn push(&self, cell: &Arc<Cell>, facts: u64) {
        let mut waiting = self.waiting();
        let cell = Arc::downgrade(cell);
        waiting.kept.push_back(Idler { cell, facts, since: Instant::now() });
        let count = waiting.kept.len();
        drop(waiting);
        if count == 1 || count == self.most + 1 {
            self.changed.notify_one();
        }
    }

    /// Keeps in mind one that ended and that nobody keeps. Answers with the one that is too many.
    fn push_unkept(&self, cell: &Arc<Cell>) -> Option<Weak<Cell>> {
        let mut waiting = self.waiting();
        waiting.unkept.push_back(Arc::downgrade(cell));
        if waiting.unkept.len() > self.most { waiting.unkept.pop_front() } else { None }
    }

    /// Ends when some may have to leave.
    async fn wait(&self) {
        let leaves_at = {
            let waiting = self.waiting();
            if waiting.kept.len() > self.most {
                return;
            }
            waiting.kept.front().map(|first| first.since + self.stay)
        };
        match leaves_at {
            Some(leaves_at) => tokio::select! {
                () = tokio::time::sleep_until(leaves_at) => {}
                () = self.changed.notified() => {}
            },
            None => self.changed.notified().await,
        }
    }

    /// Those that have to leave now.
    fn take_due(&self) -> Vec<Idler> {
        let mut waiting = self.waiting();
        let now = Instant::now();
        // Many at once, so that the rest is let alone for a while.
        let too_many = match waiting.kept.len() {
            count if count > self.most => count - self.most / 2,
            _ => 0,
        };
        let idle = waiting.kept.iter().take_while(|one| one.since + self.stay <= now).count();
        let count = idle.max(too_many).min(AT_ONCE);
        waiting.kept.drain(..count).collect()
    }

    /// Lets the task that puts them out notice that the engine is gone.
    pub(crate) fn dismiss(&self) {
        self.changed.notify_one();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts executions out of memory for as long as the engine lives.
pub(crate) async fn put_out(engine: Weak<Inner>, idle: Arc<Idle>) {
    loop {
        idle.wait().await;
        let Some(engine) = engine.upgrade() else { return };
        engine.put_out(idle.take_due()).await;
    }
}

impl Inner {
    /// Makes an execution small that will wait long, and lets it leave memory where it can be brought
    /// back.
    pub(crate) fn rest(&self, cell: &Arc<Cell>, body: &mut Body) {
        let is_over = body.execution.outcome().is_some();
        if !is_over && !body.is_shed && body.waits_long(cell) {
            body.execution.shed();
            body.is_shed = true;
        }
        if self.journal.archive().is_none() {
            return;
        }
        if cell.is_kept() {
            if body.may_leave(cell) {
                self.idle.push(cell, body.facts);
            }
        } else if is_over
            && let Some(oldest) = self.idle.push_unkept(cell)
            && let Some(oldest) = oldest.upgrade()
        {
            self.forget_in_memory(&oldest);
        }
    }

    /// An execution goes on: the archive does not take it for one that rests any more.
    pub(crate) fn awake(&self, cell: &Cell, body: &mut Body) {
        if let (true, Some(archive)) = (body.rests, self.journal.archive()) {
            archive.wake(cell.sequence);
            body.rests = false;
        }
    }

    async fn put_out(&self, idle: Vec<Idler>) {
        let Some(archive) = self.journal.archive() else { return };
        let mut leaving = Vec::new();
        for Idler { cell, facts, .. } in idle {
            let Some(cell) = cell.upgrade() else { continue };
            let mut body = cell.lock();
            if body.facts != facts || !body.may_leave(&cell) {
                continue;
            }
            if body.execution.outcome().is_none() && !body.rests {
                let rest = Rest {
                    until: body.goes_on_at(),
                    watchers: body.watchers.clone(),
                    offers: body.offers(),
                };
                archive.rest(cell.sequence, &rest);
                body.rests = true;
            }
            drop(body);
            leaving.push((cell, facts));
        }
        if leaving.is_empty() {
            return;
        }
        // Nothing leaves that could not be found again.
        self.journal.settled().await;
        for (cell, facts) in leaving {
            self.let_go(&cell, facts);
        }
    }

    fn let_go(&self, cell: &Arc<Cell>, facts: u64) {
        let _nobody_looks_for_it = self.executions.looking_for(&cell.identity.execution_arn);
        let mut body = cell.lock();
        let is_open = body.execution.outcome().is_none();
        if body.facts != facts || !body.may_leave(cell) || (is_open && !body.rests) {
            return;
        }
        if is_open && let Some(until) = body.goes_on_at() {
            cell.run.rest(until, cell.sequence);
            self.waker.attend(&cell.run);
        }
        body.is_out = true;
        self.executions.forget(cell);
        self.map_runs.forget(body.execution.map_runs());
        for (_, key) in std::mem::take(&mut body.timers) {
            cell.run.cancel_timer(key);
        }
        if let Some(open) = body.open.take() {
            self.executions.open.put_aside(open);
        }
    }
}

impl Body {
    /// The first of its timers.
    fn goes_on_at(&self) -> Option<Timestamp> {
        self.timers.values().map(|key| key.at).min()
    }

    /// The tasks that no worker has taken, each with its activity.
    fn offers(&self) -> Vec<(Arc<str>, TaskId)> {
        let offers = self.open_tasks.iter().filter_map(|(task, open)| match open {
            OpenTask::Activity(Some(offer)) => Some((Arc::clone(&offer.activity_arn), *task)),
            _ => None,
        });
        offers.collect()
    }

    /// Nothing in memory is needed for it to go on.
    fn may_leave(&self, cell: &Cell) -> bool {
        if self.is_out
            || self.broken.is_some()
            || !self.children.is_empty()
            || self.waiters.iter().any(|waiter| !waiter.is_closed())
        {
            return false;
        }
        if self.execution.outcome().is_some() {
            return true;
        }
        // Those that skip waits share a clock that nobody could bring back.
        let soon = cell.run.clock.now().plus_millis(SOON_MILLIS);
        cell.run.pace() == Pace::Real
            // Its map run is told of its end in memory.
            && cell.identity.map_run_arn.is_none()
            // The mock file may be another one by then.
            && cell.mocking.is_none()
            && (!self.timers.is_empty() || !self.open_tasks.is_empty())
            && self.timers.values().all(|key| key.at > soon)
            && self.open_tasks.values().all(|open| match open {
                OpenTask::Callback(call) => call.is_none(),
                OpenTask::Activity(_) => true,
                // An EXPRESS one would be started anew.
                OpenTask::Child(child) => child.as_ref().is_some_and(|arn| !is_express(arn)),
                OpenTask::Call(_) => false,
            })
    }
}
