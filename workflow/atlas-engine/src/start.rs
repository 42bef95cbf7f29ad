//! Starting an execution: by whom, under which name, on which clock, with which mocks.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;
use atlas_core::{Execution, Fact, Identity, Payload, Timestamp};

use crate::{
    accept::Refused,
    cell::{Body, Cell, Mocking, StartedBy},
    duplicates::Guarantee,
    engine::{Engine, Inner},
    error::EngineError,
    input::check_length,
    limits::Limits,
    machines::{Chosen, Machine},
    mocks::MockFileError,
    names::{check_name, is_express, uuid},
    queue::Queue,
    run::{Pace, Run},
};

/// What to start.
#[derive(Debug, Clone)]
pub struct StartRequest {
    /// The ARN or name of a machine, or the ARN of a version or an alias. `#Case` at its end names a test case, as with Step Functions
    /// Local.
    pub state_machine: String,
    /// The execution's name; a UUID where absent.
    pub name: Option<String>,
    /// Its input.
    pub input: Payload,
    /// The test case of the mock file.
    pub case: Option<String>,
    /// How its time passes.
    pub time: Time,
}

/// How the time of an execution, and of all that it starts, passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Time {
    /// As it does.
    #[default]
    Real,
    /// Waits, delays and timeouts take no time, and their timestamps stay as they would be.
    SkippingWaits,
}

/// An execution that has been started.
#[derive(Debug, Clone)]
pub struct Started {
    /// Its ARN.
    pub execution_arn: Arc<str>,
    /// When it began.
    pub started_at: Timestamp,
}

/// An execution about to begin.
pub(crate) struct Beginning {
    pub(crate) chosen: Chosen,
    pub(crate) name: Option<String>,
    pub(crate) input: Payload,
    pub(crate) run: Arc<Run>,
    pub(crate) mocking: Option<Mocking>,
    pub(crate) started_by: Option<StartedBy>,
    pub(crate) guarantee: Guarantee,
}

/// Whether an ARN is free for an execution.
pub(crate) enum Claim {
    /// It has it now.
    Free,
    /// This one has it.
    Taken(Arc<Cell>),
}

impl Engine {
    /// Starts an execution, and performs all that can be performed at once before it returns.
    ///
    /// A STANDARD execution of the same name and input that is still running is answered with
    /// instead; a name that was used otherwise is refused.
    pub fn start(&self, request: StartRequest) -> Result<Started, EngineError> {
        self.start_with(request, Guarantee::AtLeastOnce)
    }

    /// Starts an execution of which the caller awaits the end: it runs at most once, also where EXPRESS
    /// executions run twice on purpose.
    pub fn start_synchronous(&self, request: StartRequest) -> Result<Started, EngineError> {
        self.start_with(request, Guarantee::AtMostOnce)
    }

    fn start_with(
        &self,
        request: StartRequest,
        guarantee: Guarantee,
    ) -> Result<Started, EngineError> {
        let StartRequest { state_machine, name, input, case, time } = request;
        let inner = &self.inner;
        let (state_machine, case) = match state_machine.split_once('#') {
            Some((machine, named)) => (machine.to_owned(), Some(named.to_owned()).or(case)),
            None => (state_machine, case),
        };
        let chosen = inner.choose(&state_machine)?;
        let mocking = case.map(|case| inner.mocking(&chosen.machine, &case)).transpose()?;
        let run = match time {
            Time::Real => Arc::clone(&inner.real_time),
            Time::SkippingWaits => {
                Arc::new(Run::new(inner.real_time.clock.branch(), Pace::Skipping))
            }
        };
        let mut queue = Queue::default();
        // Nothing is skipped while the start itself is not done.
        run.enter();
        let beginning = Beginning {
            chosen,
            name,
            input,
            run: Arc::clone(&run),
            mocking,
            started_by: None,
            guarantee,
        };
        let begun = inner.begin(beginning, &mut queue, |_, _, _| {});
        run.leave();
        inner.drive(&mut queue, &run);
        begun
    }
}

impl Inner {
    pub(crate) fn mocking(&self, machine: &Machine, case: &str) -> Result<Mocking, EngineError> {
        let Some(config) = self.mocks.get() else {
            return Err(EngineError::NoMocks(case.to_owned()));
        };
        let found = config.case(&machine.name, case)?;
        let faults =
            self.mocks.faults(&config, &machine.mock_faults, &machine.name, &machine.definition);
        if !faults.is_empty() {
            return Err(EngineError::InvalidMocks(MockFileError { faults }));
        }
        let case_name = Arc::clone(found.name());
        Ok(Mocking { config, case_name, case: Some(found) })
    }

    /// Lets an execution begin. `announce` is called once nothing can refuse it any more, before its
    /// first state is entered.
    pub(crate) fn begin(
        self: &Arc<Self>,
        beginning: Beginning,
        queue: &mut Queue,
        announce: impl FnOnce(&Arc<Cell>, Timestamp, &mut Queue),
    ) -> Result<Started, EngineError> {
        let Beginning { chosen, name, input, run, mocking, started_by, guarantee } = beginning;
        let Chosen { machine, version_arn, alias_arn } = chosen;
        check_length(&input)?;
        let is_named = name.is_some();
        let name = match name {
            Some(name) => {
                check_name(&name)?;
                name
            }
            None => uuid(self.random()),
        };
        let unique = match machine.execution_type {
            ExecutionType::Standard => 0,
            ExecutionType::Express => self.random(),
        };
        let arn = self.place.execution_arn(&machine.name, &name, machine.execution_type, unique);
        let identity = Arc::new(Identity {
            execution_arn: arn.into(),
            execution_name: name.into(),
            state_machine_arn: Arc::clone(&machine.arn),
            state_machine_name: Arc::clone(&machine.name),
            role_arn: Arc::clone(&machine.role_arn),
            region: Arc::clone(&self.place.region),
            execution_type: machine.execution_type,
            version_arn,
            alias_arn,
            map_run_arn: None,
        });
        let execution = Execution::new(Arc::clone(&machine.program), identity);
        let sequence = self.next_number();
        let cell = Cell::new(execution, machine, sequence, run, started_by, mocking, None);
        let cell = Arc::new(cell);
        // Whoever finds the execution waits here until it has begun.
        let mut body = cell.lock();
        // Nobody else has a name that was just drawn.
        let claim = if is_named { self.claim(&cell)? } else { self.claim_in_memory(&cell) };
        if let Claim::Taken(existing) = claim {
            drop(body);
            return same_start(&existing, &cell, &input, queue, announce);
        }
        if let Err(too_many) = self.count(&cell, &mut body) {
            self.forget_in_memory(&cell);
            return Err(too_many);
        }
        let now = cell.run.clock.now();
        announce(&cell, now, queue);
        self.begin_cell(&cell, &mut body, now, input, queue)?;
        if guarantee == Guarantee::AtLeastOnce {
            self.perhaps_run_again(&cell, &mut body);
        }
        Ok(Started { execution_arn: Arc::clone(&cell.identity.execution_arn), started_at: now })
    }

    /// Tells a new execution that it begins.
    pub(crate) fn begin_cell(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        now: Timestamp,
        input: Payload,
        queue: &mut Queue,
    ) -> Result<(), EngineError> {
        body.last_at = now;
        let fact = Fact::Started { input, seed: self.seed() };
        match self.accept(cell, body, fact, queue) {
            Ok(()) | Err(Refused::NotAdmitted(_)) => Ok(()),
            Err(refused) => {
                self.forget_in_memory(cell);
                Err(refused.into_error())
            }
        }
    }

    /// The place of the next execution among all.
    pub(crate) fn next_number(&self) -> u64 {
        match self.journal.archive() {
            Some(archive) => archive.next_number(),
            None => self.executions.next_sequence(),
        }
    }

    /// Gives an execution its ARN, unless another has it, in memory or elsewhere.
    pub(crate) fn claim(self: &Arc<Self>, cell: &Arc<Cell>) -> Result<Claim, EngineError> {
        let Some(archive) = self.journal.archive().filter(|_| cell.is_kept()) else {
            return Ok(self.claim_in_memory(cell));
        };
        let arn = &cell.identity.execution_arn;
        {
            let _looking = self.executions.looking_for(arn);
            if let Some(existing) = self.executions.find(arn) {
                return Ok(Claim::Taken(existing));
            }
            if archive.number_of(arn)?.is_none() {
                return Ok(self.claim_in_memory(cell));
            }
        }
        Ok(Claim::Taken(self.cell(arn)?))
    }

    fn claim_in_memory(&self, cell: &Arc<Cell>) -> Claim {
        match self.executions.insert(cell) {
            Ok(()) => {
                self.list_in_memory(cell);
                Claim::Free
            }
            Err(existing) => Claim::Taken(existing),
        }
    }
}

impl Inner {
    /// Counts an execution that is about to begin, if there is room for it.
    fn count(&self, cell: &Cell, body: &mut Body) -> Result<(), EngineError> {
        if let (Pace::Skipping, Some(started_by)) = (cell.run.pace(), &cell.started_by) {
            let Limits { nested_in_skipped_time: most, depth_in_skipped_time: deepest, .. } =
                self.limits;
            let too_many = if started_by.depth > deepest {
                Some(format!("executions that skip their waits are nested {deepest} deep"))
            } else if cell.run.one_more_nested() > most {
                Some(format!("an execution that skips its waits has led to {most} others"))
            } else {
                None
            };
            if let Some(what) = too_many {
                return Err(EngineError::ExecutionLimitExceeded(format!(
                    "{what}; does a machine start itself without an end?"
                )));
            }
        }
        self.count_open(cell, body)
    }

    /// Counts an execution among the open ones, until it ends.
    pub(crate) fn count_open(&self, cell: &Cell, body: &mut Body) -> Result<(), EngineError> {
        let most_open = self.limits.open;
        if cell.identity.execution_type == ExecutionType::Standard {
            let (open, now_open) = self.executions.open.one_more();
            if now_open > most_open {
                return Err(EngineError::ExecutionLimitExceeded(format!(
                    "{most_open} executions of STANDARD machines are open; one has to end or to be \
                     stopped first"
                )));
            }
            body.open = Some(open);
        }
        Ok(())
    }
}

/// The execution that has the name: it is the one that was asked for if it has the same input and
/// still runs, or if the same task asked for it.
fn same_start(
    existing: &Arc<Cell>,
    wanted: &Cell,
    input: &Payload,
    queue: &mut Queue,
    announce: impl FnOnce(&Arc<Cell>, Timestamp, &mut Queue),
) -> Result<Started, EngineError> {
    let arn = &existing.identity.execution_arn;
    let body = existing.lock();
    let execution = &body.execution;
    let has_same_input = execution.input().is_some_and(|known| known.text() == input.text());
    let is_running = execution.outcome().is_none();
    let was_started_by_the_same = match (&existing.started_by, &wanted.started_by) {
        // An EXPRESS execution does not come back to ask again: where it asks again it runs again.
        (Some(known), Some(wanted)) => {
            known.task == wanted.task
                && known.execution_arn == wanted.execution_arn
                && !is_express(&wanted.execution_arn)
        }
        (Some(_) | None, _) => false,
    };
    match execution.started_at() {
        Some(started_at) if has_same_input && (is_running || was_started_by_the_same) => {
            announce(existing, started_at, queue);
            Ok(Started { execution_arn: Arc::clone(arn), started_at })
        }
        Some(_) | None => Err(EngineError::ExecutionAlreadyExists(arn.to_string())),
    }
}
