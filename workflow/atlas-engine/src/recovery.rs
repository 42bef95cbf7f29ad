//! Bringing an execution back from its journal, and going on with it.

use std::{collections::VecDeque, sync::Arc};

use atlas_asl::model::ExecutionType;
use atlas_core::{Command, Event, Execution, Identity, Recovered, Unsettled, recover};

use crate::{
    cell::{Cell, Mocking},
    engine::{Engine, Inner},
    error::EngineError,
    machines::Machine,
    perform::Invocation,
    qualified_arn::{QualifiedArn, Qualifier},
    queue::Queue,
    run::{Pace, Run},
    start::{Started, Time},
};

impl Engine {
    /// Brings an execution back and goes on with it. Calls whose answer the journal does not hold
    /// are made again. Its machine has to be known, as it was when the execution began. What an
    /// execution started, nested or as a child of a map run, comes back before it.
    pub fn restore(
        &self,
        identity: Arc<Identity>,
        events: impl IntoIterator<Item = Event>,
        case: Option<&str>,
        time: Time,
    ) -> Result<Started, EngineError> {
        let inner = &self.inner;
        let arn = identity.version_arn.as_ref().unwrap_or(&identity.state_machine_arn);
        let QualifiedArn { machine_arn, qualifier } = QualifiedArn::parse(arn);
        let (machine, program) = match qualifier {
            // A child execution of a map run: what it runs is a part of its machine.
            Some(Qualifier::Label(label)) => {
                let machine = inner.choose(machine_arn)?.machine;
                let processor = machine
                    .program
                    .processor(label)
                    .ok_or_else(|| EngineError::StateMachineDoesNotExist(arn.to_string()))?;
                (machine, processor.program)
            }
            Some(Qualifier::Version(_) | Qualifier::Alias(_)) | None => {
                let machine = inner.choose(arn)?.machine;
                let program = Arc::clone(&machine.program);
                (machine, program)
            }
        };
        let mocking = case.map(|case| inner.mocking(&machine, case)).transpose()?;
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
        let identity = execution.identity();
        let is_open = execution.outcome().is_none()
            && identity.execution_type == ExecutionType::Standard
            && identity.map_run_arn.is_none();
        let sequence = self.executions.next_sequence();
        let cell =
            Arc::new(Cell::new(execution, machine, sequence, Arc::clone(&run), None, mocking));
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
