//! Bringing an execution back from its journal, and going on with it.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::Arc,
};

use atlas_asl::model::ExecutionType;
use atlas_core::{Command, Event, Execution, Identity, Recovered, Unsettled, recover};

use crate::{
    cell::{Cell, Mocking, StartedBy},
    engine::{Engine, Inner},
    error::EngineError,
    journal::{KeptExecution, KeptPlace},
    kept::KeptMachine,
    machines::Machine,
    perform::Invocation,
    qualified_arn::{QualifiedArn, Qualifier},
    queue::Queue,
    run::{Pace, Run},
    start::{Started, Time},
};

/// An execution that comes back.
#[derive(Debug)]
pub struct Returning {
    /// Who it is.
    pub identity: Arc<Identity>,
    /// Its machine, as it was when the execution began; the one that is known by its ARN where absent.
    pub machine: Option<Arc<Machine>>,
    /// The test case that mocks its tasks.
    pub case: Option<String>,
    /// How its time passes.
    pub time: Time,
    /// The task that started it, where one did.
    pub started_by: Option<StartedBy>,
    /// Its facts.
    pub events: Vec<Event>,
}

impl Returning {
    /// One of real time that nobody mocks, and that no other execution started.
    pub fn new(identity: Arc<Identity>, events: Vec<Event>) -> Self {
        Self { identity, machine: None, case: None, time: Time::Real, started_by: None, events }
    }
}

impl Engine {
    /// Brings back all that a journal kept, and goes on with it. Answers with how many executions
    /// go on.
    pub fn recover(&self, kept: KeptPlace) -> Result<usize, EngineError> {
        let KeptPlace { documents, executions } = kept;
        for (shelf, _, document) in &documents {
            self.bring_back(*shelf, document)?;
        }
        let mut machines: HashMap<String, Arc<Machine>> = HashMap::new();
        let mut going_on = 0;
        // What an execution started comes back before it.
        for execution in executions.into_iter().rev() {
            let KeptExecution { identity, machine, case, time, started_by, events } = execution;
            let machine = match machines.entry(machine.key()) {
                Entry::Occupied(known) => Arc::clone(known.get()),
                Entry::Vacant(vacant) => {
                    let machine = Arc::new(KeptMachine::clone(&machine).machine(&self.inner)?);
                    Arc::clone(vacant.insert(machine))
                }
            };
            let machine = Some(machine);
            let returning = Returning { identity, machine, case, time, started_by, events };
            let restored = self.restore(returning)?;
            going_on += usize::from(self.outcome(&restored.execution_arn)?.is_none());
        }
        Ok(going_on)
    }

    /// Brings an execution back and goes on with it. Calls whose answer the journal does not hold
    /// are made again. What an execution started, nested or as a child of a map run, comes back
    /// before it.
    pub fn restore(&self, returning: Returning) -> Result<Started, EngineError> {
        let Returning { identity, machine, case, time, started_by, events } = returning;
        let inner = &self.inner;
        let arn = identity.version_arn.as_ref().unwrap_or(&identity.state_machine_arn);
        let QualifiedArn { machine_arn, qualifier } = QualifiedArn::parse(arn);
        let label = match qualifier {
            Some(Qualifier::Label(label)) => Some(label),
            Some(Qualifier::Version(_) | Qualifier::Alias(_)) | None => None,
        };
        let machine = match machine {
            Some(machine) => machine,
            None => inner.choose(if label.is_some() { machine_arn } else { arn })?.machine,
        };
        let program = match label {
            // A child execution of a map run: what it runs is a part of its machine.
            Some(label) => {
                let processor = machine.program.processor(label);
                let unknown = || EngineError::StateMachineDoesNotExist(arn.to_string());
                processor.ok_or_else(unknown)?.program
            }
            None => Arc::clone(&machine.program),
        };
        let mocking = case.map(|case| inner.mocking(&machine, &case)).transpose()?;
        let recovered = recover(Execution::new(program, identity), events);
        let run = match time {
            Time::Real => Arc::clone(&inner.real_time),
            Time::SkippingWaits => {
                let now = inner.real_time.clock.now().max(recovered.last_at);
                let clock = inner.real_time.clock.branch();
                clock.skip_to(now);
                Arc::new(Run::new(clock, Pace::Skipping))
            }
        };
        inner.resume(recovered, machine, run, mocking, started_by)
    }
}

impl Inner {
    fn resume(
        self: &Arc<Self>,
        recovered: Recovered,
        machine: Arc<Machine>,
        run: Arc<Run>,
        mocking: Option<Mocking>,
        started_by: Option<StartedBy>,
    ) -> Result<Started, EngineError> {
        let Recovered { execution, unsettled, invoked, last_at } = recovered;
        let execution_arn = Arc::clone(&execution.identity().execution_arn);
        let Some(started_at) = execution.started_at() else {
            return Err(EngineError::ExecutionDoesNotExist(execution_arn.to_string()));
        };
        let identity = execution.identity();
        let is_open = execution.outcome().is_none()
            && identity.execution_type == ExecutionType::Standard
            && identity.map_run_arn.is_none();
        let sequence = self.executions.next_sequence();
        let cell = Arc::new(Cell::new(
            execution,
            machine,
            sequence,
            Arc::clone(&run),
            started_by,
            mocking,
        ));
        let mut queue = Queue::default();
        run.enter();
        {
            let mut body = cell.lock();
            body.last_at = last_at;
            // It was there before the limit was reached.
            if is_open {
                body.open = Some(self.executions.open.one_more().0);
            }
            if let Some(case) = cell.mocking.as_ref().and_then(|mocking| mocking.case.as_ref()) {
                case.restore(&invoked, &mut body.invocations);
            }
            if self.executions.insert(&cell).is_err() {
                drop(body);
                run.leave();
                return Err(EngineError::ExecutionAlreadyExists(execution_arn.to_string()));
            }
            body.attempt = u32::try_from(body.execution.redrives().len()).unwrap_or(u32::MAX);
            self.register_map_runs(&cell, &mut body);
            let mut following = VecDeque::new();
            for Unsettled { command, is_taken, number } in unsettled {
                match command {
                    Command::InvokeTask(request) => {
                        let invocation = Invocation { request, is_submitted: is_taken };
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
