//! The one door: every fact is admitted, kept in the journal, taken in, and only then acted on.

use std::{collections::VecDeque, sync::Arc};

use atlas_core::{Event, Fact, NotAdmitted, step};

use crate::{
    archive::{Note, Status},
    cell::{Body, Cell},
    engine::{Engine, Inner},
    error::EngineError,
    journal::{JournalError, NewFact},
    queue::{Absent, Next, Queue, Work},
    run::{Due, Pace, Run},
};

/// Why a fact was not taken.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It is late, or forged.
    NotAdmitted(NotAdmitted),
    /// It could not be kept.
    Journal(JournalError),
    /// The execution was put out of memory, and has to be looked for again.
    Out,
    /// It could not be brought back.
    Lost(Box<EngineError>),
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
            Err(refused) => return Err(refused.into_error()),
        }
        self.inner.with(execution_arn, |_, body| body.execution.ended_at().unwrap_or(body.last_at))
    }
}

impl Inner {
    /// Tells an execution a fact from outside, and does what follows.
    pub(crate) fn tell(self: &Arc<Self>, cell: &Arc<Cell>, fact: Fact) -> Result<(), Refused> {
        let mut found = Arc::clone(cell);
        loop {
            match self.try_to_tell(&found, fact.clone()) {
                Err(Refused::Out) => {
                    let lost = |error| Refused::Lost(Box::new(error));
                    found = self.cell(&cell.identity.execution_arn).map_err(lost)?;
                }
                taken => return taken,
            }
        }
    }

    fn try_to_tell(self: &Arc<Self>, cell: &Arc<Cell>, fact: Fact) -> Result<(), Refused> {
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
        match run.take_due() {
            None => return false,
            Some(Due::Timer(cell, timer)) => match cell.upgrade() {
                Some(cell) => queue.push_entered(cell, Work::Tell(Fact::TimerFired { timer })),
                None => run.leave(),
            },
            // Its timers are due as soon as it is back.
            Some(Due::Rested(number)) => queue.push_absent(Absent::Number(number), None),
        }
        true
    }

    fn work_off(self: &Arc<Self>, queue: &mut Queue, run: &Arc<Run>) {
        while let Some(next) = queue.pop() {
            match next {
                Next::Work(cell, work) => {
                    self.work(&cell, work, queue);
                    cell.run.leave();
                    // Executions that came back skip their waits each on their own, also those that
                    // wait for each other.
                    if !Arc::ptr_eq(&cell.run, run) {
                        self.waker.attend(&cell.run);
                    }
                }
                Next::Absent(absent, fact) => self.bring_back_and_tell(absent, fact),
            }
        }
    }

    fn work(self: &Arc<Self>, cell: &Arc<Cell>, work: Work, queue: &mut Queue) {
        match work {
            Work::Tell(fact) => {
                let taken = {
                    let mut body = cell.lock();
                    self.accept(cell, &mut body, fact.clone(), queue)
                };
                // What is late is dropped, and what cannot be kept has broken the execution.
                if matches!(taken, Err(Refused::Out)) {
                    let arn = Arc::clone(&cell.identity.execution_arn);
                    queue.push_absent(Absent::Arn(arn), Some(fact));
                }
            }
            Work::StartChild(request) => self.start_child(cell, &request, queue),
            Work::StartNested(invocation) => self.start_nested(cell, &invocation, queue),
        }
    }

    /// Tells an execution a fact, wherever it is.
    pub(crate) fn send(&self, execution_arn: &Arc<str>, fact: Fact, queue: &mut Queue) {
        match self.executions.find(execution_arn) {
            Some(cell) => queue.push(cell, Work::Tell(fact)),
            None => queue.push_absent(Absent::Arn(Arc::clone(execution_arn)), Some(fact)),
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
        if body.is_out {
            return Err(Refused::Out);
        }
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
        let at = match fact {
            // The moment that whoever started it was told.
            Fact::Started { .. } => body.last_at,
            _ => cell.run.clock.now().max(body.last_at),
        };
        body.last_at = at;
        let event = Event { at, fact };
        if let Err(error) = self.keep_fact(cell, body, &event) {
            for waiter in body.waiters.drain(..) {
                // Whoever does not wait any more need not know.
                let _gone = waiter.send(Err(error.clone()));
            }
            body.broken = Some(Box::new(error.clone()));
            return Err(error);
        }
        body.settle(&event.fact, &cell.run);
        self.find_by(cell, &event.fact);
        let seen = body.execution.history().len();
        let commands = step(&mut body.execution, event);
        if let Some(observe) = &self.observer {
            for event in &body.execution.history()[seen..] {
                observe(&cell.identity.execution_arn, event);
            }
        }
        self.note(cell, body);
        self.changed(&cell.identity.execution_arn);
        self.log(cell, body, seen);
        self.register_map_runs(cell, body);
        for command in commands {
            self.perform(cell, body, command, queue, following);
        }
        Ok(())
    }

    fn keep_fact(&self, cell: &Cell, body: &mut Body, event: &Event) -> Result<(), JournalError> {
        if matches!(event.fact, Fact::Started { .. }) {
            self.journal.begin(&cell.introduction(), event)?;
        } else {
            self.awake(cell, body);
            let (identity, number) = (&*cell.identity, cell.sequence);
            self.journal.append(&NewFact { identity, number, place: body.facts, event })?;
        }
        body.facts += 1;
        Ok(())
    }

    /// Lets the archive know how an execution stands, where it stands otherwise than it knows. What no
    /// archive keeps is counted here.
    pub(crate) fn note(&self, cell: &Cell, body: &mut Body) {
        let status = Status::after(body.execution.outcome());
        let Some(archive) = self.journal.archive().filter(|_| cell.is_kept()) else {
            return self.count_as(cell, status);
        };
        if status == body.noted {
            return;
        }
        let before = std::mem::replace(&mut body.noted, status);
        if let Some(stage) = &body.stage() {
            let (identity, number) = (&*cell.identity, cell.sequence);
            archive.note(&Note { number, identity, before, stage });
        }
    }
}

impl Refused {
    /// What whoever told of the fact is told.
    pub(crate) fn into_error(self) -> EngineError {
        match self {
            Self::NotAdmitted(NotAdmitted::NoSuchTask | NotAdmitted::NotStarted) => {
                EngineError::TaskDoesNotExist
            }
            Self::NotAdmitted(_) => EngineError::TaskTimedOut,
            Self::Journal(error) => error.into(),
            Self::Lost(error) => *error,
            Self::Out => EngineError::TaskDoesNotExist,
        }
    }
}
