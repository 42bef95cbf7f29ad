//! The one door: every fact is admitted, kept in the journal, taken in, and only then acted on.

use std::{collections::VecDeque, sync::Arc};

use atlas_core::{Event, Fact, NotAdmitted, step};

use crate::{
    cell::{Body, Cell},
    engine::{Engine, Inner},
    error::EngineError,
    journal::JournalError,
    queue::{Queue, Work},
    run::{Pace, Run},
};

/// Why a fact was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is late, or forged.
    NotAdmitted(NotAdmitted),
    /// It could not be kept.
    Journal(JournalError),
}

impl Engine {
    /// Ends an execution, and the nested ones that it waits for. Answers with the time of its end,
    /// also where it had ended before.
    pub fn stop(
        &self,
        execution_arn: &str,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<atlas_core::Timestamp, EngineError> {
        let cell = self.inner.cell(execution_arn)?;
        match self.inner.tell(&cell, Fact::Stopped { error, cause }) {
            Ok(()) | Err(Refused::NotAdmitted(_)) => {}
            Err(Refused::Journal(error)) => return Err(error.into()),
        }
        let body = cell.lock();
        Ok(body.execution.ended_at().unwrap_or(body.last_at))
    }
}

impl Inner {
    /// Tells an execution a fact from outside, and does what follows.
    pub(crate) fn tell(self: &Arc<Self>, cell: &Arc<Cell>, fact: Fact) -> Result<(), Refused> {
        let mut queue = Queue::default();
        cell.run.enter();
        let taken = {
            let mut body = cell.lock();
            self.accept(cell, &mut body, fact, &mut queue)
        };
        cell.run.leave();
        self.drive(&mut queue, &cell.run);
        taken
    }

    /// Fires the timers of a run that are due, and does what follows.
    pub(crate) fn fire_due(self: &Arc<Self>, run: &Arc<Run>) {
        let mut queue = Queue::default();
        while self.queue_due(run, &mut queue) {
            self.work_off(&mut queue, run);
        }
        self.waker.attend(run);
    }

    /// Does everything that can be done now.
    pub(crate) fn drive(self: &Arc<Self>, queue: &mut Queue, run: &Arc<Run>) {
        self.work_off(queue, run);
        match run.pace() {
            // Timers of real time are fired by the waker.
            Pace::Real => {}
            Pace::Skipping => self.fire_due(run),
        }
    }

    fn queue_due(&self, run: &Run, queue: &mut Queue) -> bool {
        let Some((cell, timer)) = run.take_due() else { return false };
        match cell.upgrade() {
            Some(cell) => queue.push_entered(cell, Work::Tell(Fact::TimerFired { timer })),
            None => run.leave(),
        }
        true
    }

    fn work_off(self: &Arc<Self>, queue: &mut Queue, run: &Arc<Run>) {
        while let Some((cell, work)) = queue.pop() {
            match work {
                Work::Tell(fact) => {
                    let mut body = cell.lock();
                    // What is late is dropped, and what cannot be kept has broken the execution.
                    let _dropped = self.accept(&cell, &mut body, fact, queue);
                }
                Work::StartChild(request) => self.start_child(&cell, &request, queue),
                Work::StartNested(invocation) => self.start_nested(&cell, &invocation, queue),
            }
            cell.run.leave();
            // Executions that came back skip their waits each on their own, also those that wait for
            // each other.
            if !Arc::ptr_eq(&cell.run, run) {
                self.waker.attend(&cell.run);
            }
        }
    }

    /// Takes a fact of an execution, and the facts that follow from it at once.
    pub(crate) fn accept(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        fact: Fact,
        queue: &mut Queue,
    ) -> Result<(), Refused> {
        body.execution.admit(&fact).map_err(Refused::NotAdmitted)?;
        let mut following = VecDeque::new();
        let taken = self.take(cell, body, fact, queue, &mut following);
        self.follow(cell, body, following, queue);
        taken.map_err(Refused::Journal)
    }

    /// Takes facts of an execution that need nobody from outside, and the facts that follow from
    /// them, in the order in which they came up.
    pub(crate) fn follow(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        mut following: VecDeque<Fact>,
        queue: &mut Queue,
    ) {
        while let Some(fact) = following.pop_front() {
            // What is late is dropped, and what cannot be kept has broken the execution.
            if body.execution.admit(&fact).is_ok()
                && self.take(cell, body, fact, queue, &mut following).is_err()
            {
                break;
            }
        }
        self.rest(cell, body);
    }

    fn take(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        fact: Fact,
        queue: &mut Queue,
        following: &mut VecDeque<Fact>,
    ) -> Result<(), JournalError> {
        if let Some(error) = &body.broken {
            return Err((**error).clone());
        }
        let at = cell.run.clock.now().max(body.last_at);
        body.last_at = at;
        let event = Event { at, fact };
        if let Err(error) = self.journal.append(&cell.identity, &event) {
            for waiter in body.waiters.drain(..) {
                // Whoever does not wait any more need not know.
                let _gone = waiter.send(Err(error.clone()));
            }
            body.broken = Some(Box::new(error.clone()));
            return Err(error);
        }
        body.settle(&event.fact, &cell.run);
        let seen = body.execution.history().len();
        let commands = step(&mut body.execution, event);
        if let Some(observe) = &self.observer {
            for event in &body.execution.history()[seen..] {
                observe(&cell.identity.execution_arn, event);
            }
        }
        self.register_map_runs(cell, body);
        for command in commands {
            self.perform(cell, body, command, queue, following);
        }
        Ok(())
    }

    /// Makes an execution small that will wait long.
    fn rest(&self, cell: &Cell, body: &mut Body) {
        if body.is_shed || body.execution.outcome().is_some() || !body.waits_long(cell) {
            return;
        }
        body.execution.shed();
        body.is_shed = true;
    }
}
