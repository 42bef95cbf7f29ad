//! Bringing an execution back from its journal, through the same `step` as the first run.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use atlas_asl::model::StateName;
use atlas_core::{Command, Event, Execution, Fact, Identity, Program, TaskId, Timestamp, step};

use crate::{
    cell::{Cell, Mocking},
    engine::{Engine, Inner},
    error::EngineError,
    machines::Machine,
    perform::Invocation,
    queue::Queue,
    run::{Pace, Run},
    start::{Started, Time},
};

/// An execution as its journal leaves it.
#[derive(Debug)]
pub struct Recovered {
    /// The execution.
    pub execution: Execution,
    /// The commands whose results the journal does not hold, in the order in which they came.
    pub unsettled: Vec<Unsettled>,
    /// How often each Task state was invoked.
    pub invoked: HashMap<StateName, u32>,
    /// When the last fact came.
    pub last_at: Timestamp,
}

/// A command that has to be performed, perhaps again.
#[derive(Debug)]
pub struct Unsettled {
    /// The command.
    pub command: Command,
    /// Of an `InvokeTask`: the service has taken the request, or a worker the task; only its end is
    /// to come.
    pub is_submitted: bool,
    /// Of an `InvokeTask`: how often its state had been invoked before.
    pub number: u32,
}

/// Runs the facts of a journal again.
pub fn recover(
    program: Arc<Program>,
    identity: Arc<Identity>,
    events: impl IntoIterator<Item = Event>,
) -> Recovered {
    let mut recovered = Recovered {
        execution: Execution::new(program, identity),
        unsettled: Vec::new(),
        invoked: HashMap::new(),
        last_at: Timestamp::default(),
    };
    for event in events {
        recovered.last_at = event.at;
        recovered.settle(&event.fact);
        for command in step(&mut recovered.execution, event) {
            recovered.note(command);
        }
    }
    recovered
}

impl Recovered {
    fn settle(&mut self, fact: &Fact) {
        match fact {
            Fact::TaskSucceeded { task, .. } | Fact::TaskFailed { task, .. } => self.end(*task),
            Fact::TaskSubmitted { task, .. } | Fact::ActivityStarted { task, .. } => {
                for unsettled in self.unsettled.iter_mut().filter(|one| one.is_task(*task)) {
                    unsettled.is_submitted = true;
                }
            }
            Fact::TimerFired { timer } => self.unsettled.retain(|one| {
                !matches!(one.command, Command::StartTimer { timer: started, .. } if started == *timer)
            }),
            Fact::Started { .. } | Fact::TaskHeartbeat { .. } | Fact::Stopped { .. } => {}
        }
    }

    fn note(&mut self, command: Command) {
        let mut number = 0;
        match &command {
            Command::InvokeTask(request) => {
                let invoked = self.invoked.entry(request.state.clone()).or_default();
                number = *invoked;
                *invoked += 1;
            }
            Command::StartTimer { .. } => {}
            Command::CancelTask(task) => return self.end(*task),
            Command::CancelTimer(timer) => {
                return self.unsettled.retain(|one| {
                    !matches!(one.command, Command::StartTimer { timer: started, .. } if started == *timer)
                });
            }
            // What is over leaves nothing to do but to say so.
            Command::Finish(_) => self.unsettled.clear(),
        }
        self.unsettled.push(Unsettled { command, is_submitted: false, number });
    }

    fn end(&mut self, task: TaskId) {
        self.unsettled.retain(|one| !one.is_task(task));
    }
}

impl Unsettled {
    fn is_task(&self, task: TaskId) -> bool {
        matches!(&self.command, Command::InvokeTask(request) if request.task == task)
    }
}

impl Engine {
    /// Brings an execution back and goes on with it. Calls whose answer the journal does not hold
    /// are made again. Its machine has to be known, as it was when the execution began.
    pub fn restore(
        &self,
        identity: Arc<Identity>,
        events: impl IntoIterator<Item = Event>,
        case: Option<&str>,
        time: Time,
    ) -> Result<Started, EngineError> {
        let inner = &self.inner;
        let machine = inner.machine(&identity.state_machine_arn)?;
        let mocking = case.map(|case| inner.mocking(&machine, case)).transpose()?;
        let recovered = recover(Arc::clone(&machine.program), identity, events);
        let run = match time {
            Time::Real => Arc::clone(&inner.real_time),
            Time::SkippingWaits => {
                let now = inner.real_time.clock.now().max(recovered.last_at);
                let clock = inner.real_time.clock.branch();
                clock.skip_to(now);
                Arc::new(Run::new(clock, Pace::Skipping))
            }
        };
        inner.resume(recovered, machine, run, mocking)
    }
}

impl Inner {
    fn resume(
        self: &Arc<Self>,
        recovered: Recovered,
        machine: Arc<Machine>,
        run: Arc<Run>,
        mocking: Option<Mocking>,
    ) -> Result<Started, EngineError> {
        let Recovered { execution, unsettled, invoked, last_at } = recovered;
        let execution_arn = Arc::clone(&execution.identity().execution_arn);
        let Some(started_at) = execution.started_at() else {
            return Err(EngineError::ExecutionDoesNotExist(execution_arn.to_string()));
        };
        let sequence = self.executions.next_sequence();
        let cell =
            Arc::new(Cell::new(execution, machine, sequence, Arc::clone(&run), None, mocking));
        let mut queue = Queue::default();
        run.enter();
        {
            let mut body = cell.lock();
            body.last_at = last_at;
            if let Some(case) = cell.mocking.as_ref().and_then(|mocking| mocking.case.as_ref()) {
                case.restore(&invoked, &mut body.invocations);
            }
            if self.executions.insert(&cell).is_err() {
                drop(body);
                run.leave();
                return Err(EngineError::ExecutionAlreadyExists(execution_arn.to_string()));
            }
            let mut following = VecDeque::new();
            for Unsettled { command, is_submitted, number } in unsettled {
                match command {
                    Command::InvokeTask(request) => {
                        let invocation = Invocation { request, is_submitted };
                        self.invoke(
                            &cell,
                            &mut body,
                            invocation,
                            number,
                            &mut queue,
                            &mut following,
                        );
                    }
                    command => self.perform(&cell, &mut body, command, &mut queue, &mut following),
                }
            }
            self.follow(&cell, &mut body, following, &mut queue);
        }
        run.leave();
        self.drive(&mut queue, &run);
        Ok(Started { execution_arn, started_at })
    }
}
