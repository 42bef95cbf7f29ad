//! Bringing an execution back from its journal, and going on with it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use atlas_asl::model::ExecutionType;
use atlas_core::{
    Command, Event, Execution, Fact, Identity, Program, Recovered, Unsettled, recover,
};

use crate::{
    archive::{KeptExecution, KeptPlace, Rest, Stage, Status},
    cell::{Body, Cell, Mocking, Part, StartedBy},
    engine::{Engine, Inner, does_not_exist},
    error::EngineError,
    kept::KeptMachine,
    machines::Machine,
    perform::Invocation,
    qualified_arn::{QualifiedArn, Qualifier},
    queue::{Absent, Queue},
    run::{Pace, Run},
    start::{Started, Time},
};

/// What could not be read is read again after this time.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// A start tries so often to read what it needs.
const TRIES: u32 = 5;
/// So many machines of executions that came back are known without being read again.
const MOST_MACHINES: usize = 256;

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
    /// What the archive knows of it, where it comes from there.
    pub known: Option<Known>,
}

/// What goes on after a restart.
#[derive(Debug, Default)]
pub struct GoingOn {
    /// How many executions do.
    pub count: usize,
    /// The ARNs of others, and why they do not and stay on the disk as they are: their test case is in
    /// no mock file any more, for one.
    pub left: Vec<(Arc<str>, EngineError)>,
}

/// What the archive knows of an execution beside its facts.
#[derive(Debug)]
pub struct Known {
    /// Its place among all.
    pub number: u64,
    /// What it is of its map run, where it is the child of one.
    pub part: Option<Part>,
    /// How it stands.
    pub stage: Stage,
    /// What was to be known while it rested, where it does.
    pub rest: Option<Rest>,
}

/// Machines of executions that came back, by revision.
#[derive(Debug, Default)]
pub(crate) struct Revisions(Mutex<HashMap<String, Arc<Machine>>>);

impl Returning {
    /// One of real time that nobody mocks, and that no other execution started.
    pub fn new(identity: Arc<Identity>, events: Vec<Event>) -> Self {
        Self {
            identity,
            machine: None,
            case: None,
            time: Time::Real,
            started_by: None,
            events,
            known: None,
        }
    }
}

impl Engine {
    /// Brings back all that was kept of its place, and goes on with it.
    ///
    /// # Errors
    /// Where what was kept cannot be read.
    pub fn recover(&self, kept: KeptPlace) -> Result<GoingOn, EngineError> {
        let KeptPlace { documents, awake, resting, offers } = kept;
        let inner = &self.inner;
        for (shelf, _, document) in &documents {
            self.bring_back(*shelf, document)?;
        }
        for (activity_arn, number, task) in offers {
            inner.activities.offer_again(&activity_arn, number, task);
        }
        let mut going_on = GoingOn { count: resting.len(), left: Vec::new() };
        inner.executions.open.add(resting.len());
        // Timers that passed meanwhile fire in their order, so none does before all are there.
        inner.real_time.hold_back();
        let timed = resting.into_iter();
        let timed = timed.filter_map(|(until, number)| Some((until?, number)));
        inner.real_time.rest_all(timed);
        let recovered = awake.into_iter().try_for_each(|number| match inner.wake_up_soon(number) {
            Ok(is_open) => {
                going_on.count += usize::from(is_open);
                Ok(())
            }
            Err(unreadable @ EngineError::Journal(_)) => Err(unreadable),
            Err(reason) => {
                let archive = inner.journal.archive();
                let arn = archive.map(|archive| archive.arn_of(number)).transpose()?.flatten();
                going_on.left.push((arn.unwrap_or_default(), reason));
                Ok(())
            }
        });
        inner.real_time.let_go_on();
        recovered?;
        inner.fire_due(&inner.real_time);
        Ok(going_on)
    }

    /// Brings an execution back and goes on with it. Calls whose answer the journal does not hold
    /// are made again. What an execution started, nested or as a child of a map run, comes back
    /// before it where no archive has it.
    pub fn restore(&self, returning: Returning) -> Result<Started, EngineError> {
        let execution_arn = Arc::clone(&returning.identity.execution_arn);
        let looking = self.inner.executions.looking_for(&execution_arn);
        let cell = self.inner.resume(returning, looking)?;
        let started_at = cell.lock().execution.started_at();
        let started_at = started_at.ok_or_else(|| does_not_exist(&execution_arn))?;
        Ok(Started { execution_arn, started_at })
    }
}

impl Inner {
    /// The execution of this ARN, which is brought back where it is not in memory.
    ///
    /// Whoever asks may hold no execution: others may go on when one comes back.
    pub(crate) fn cell(self: &Arc<Self>, execution_arn: &str) -> Result<Arc<Cell>, EngineError> {
        self.look_for(execution_arn)?.ok_or_else(|| does_not_exist(execution_arn))
    }

    /// Brings back an execution that was awake when the process ended, also where the disk fails for a
    /// moment: nobody is served meanwhile. Says whether it goes on.
    fn wake_up_soon(self: &Arc<Self>, number: u64) -> Result<bool, EngineError> {
        for _ in 1..TRIES {
            match self.wake_up(number) {
                Err(EngineError::Journal(_)) => std::thread::sleep(AGAIN_AFTER),
                woken => return woken,
            }
        }
        self.wake_up(number)
    }

    /// Brings back an execution that was awake when the process ended. Says whether it goes on.
    fn wake_up(self: &Arc<Self>, number: u64) -> Result<bool, EngineError> {
        let Some(cell) = self.cell_of_number(number)? else { return Ok(false) };
        if cell.lock().execution.outcome().is_some() {
            return Ok(false);
        }
        // Whoever waits for its end rests perhaps, and has to say so again.
        if let Some(by) = &cell.started_by {
            self.look_for(&by.execution_arn)?;
        }
        Ok(true)
    }

    /// Does something with an execution in memory, while nobody else can.
    pub(crate) fn with<R>(
        self: &Arc<Self>,
        execution_arn: &str,
        act: impl FnOnce(&Arc<Cell>, &mut Body) -> R,
    ) -> Result<R, EngineError> {
        loop {
            let cell = self.cell(execution_arn)?;
            let mut body = cell.lock();
            if !body.is_out {
                return Ok(act(&cell, &mut body));
            }
        }
    }

    /// The execution of this ARN, where there is one.
    pub(crate) fn look_for(
        self: &Arc<Self>,
        execution_arn: &str,
    ) -> Result<Option<Arc<Cell>>, EngineError> {
        if let Some(cell) = self.executions.find(execution_arn) {
            return Ok(Some(cell));
        }
        let Some(archive) = self.journal.archive() else { return Ok(None) };
        let looking = self.executions.looking_for(execution_arn);
        if let Some(cell) = self.executions.find(execution_arn) {
            return Ok(Some(cell));
        }
        let Some(kept) = archive.find(execution_arn)? else { return Ok(None) };
        let returning = self.returning(kept)?;
        self.resume(returning, looking).map(Some)
    }

    /// The execution that has this place among all, where there is one.
    pub(crate) fn cell_of_number(
        self: &Arc<Self>,
        number: u64,
    ) -> Result<Option<Arc<Cell>>, EngineError> {
        let Some(archive) = self.journal.archive() else { return Ok(None) };
        match archive.arn_of(number)? {
            Some(execution_arn) => self.look_for(&execution_arn),
            None => Ok(None),
        }
    }

    /// Brings an execution back, and tells it a fact where there is one.
    pub(crate) fn bring_back_and_tell(self: &Arc<Self>, absent: Absent, fact: Option<Fact>) {
        let found = match &absent {
            Absent::Arn(execution_arn) => self.look_for(execution_arn),
            Absent::Number(number) => self.cell_of_number(*number),
        };
        match (found, fact) {
            (Ok(Some(cell)), Some(fact)) => {
                // What is late is dropped, and what cannot be kept has broken the execution.
                let _dropped = self.tell(&cell, fact);
            }
            // Nothing is lost with a disk that comes back.
            (Err(EngineError::Journal(_)), fact) => {
                self.again(move |engine| engine.bring_back_and_tell(absent, fact));
            }
            // What cannot go on stays on the disk as it is.
            (Ok(_) | Err(_), _) => {}
        }
    }

    /// Does something again that failed because the disk could not be read.
    pub(crate) fn again(self: &Arc<Self>, act: impl FnOnce(&Arc<Self>) + Send + 'static) {
        let engine = Arc::downgrade(self);
        self.runtime.spawn(async move {
            tokio::time::sleep(AGAIN_AFTER).await;
            if let Some(engine) = engine.upgrade() {
                act(&engine);
            }
        });
    }

    fn returning(&self, kept: KeptExecution) -> Result<Returning, EngineError> {
        let KeptExecution { number, identity, machine, case, time, started_by, part, .. } = kept;
        let KeptExecution { stage, rest, events, .. } = kept;
        let machine = Some(self.revision(&machine)?);
        let known = Some(Known { number, part, stage, rest });
        Ok(Returning { identity, machine, case, time, started_by, events, known })
    }

    /// A machine as it was when an execution began.
    fn revision(&self, kept: &KeptMachine) -> Result<Arc<Machine>, EngineError> {
        let mut known = self.revisions.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = kept.key();
        if let Some(machine) = known.get(&key) {
            return Ok(Arc::clone(machine));
        }
        if known.len() >= MOST_MACHINES {
            known.clear();
        }
        let machine = Arc::new(kept.clone().machine(self)?);
        known.insert(key, Arc::clone(&machine));
        Ok(machine)
    }

    /// What an execution of this machine runs.
    fn program_of(
        &self,
        identity: &Identity,
        machine: Option<Arc<Machine>>,
    ) -> Result<(Arc<Machine>, Arc<Program>), EngineError> {
        let arn = identity.version_arn.as_ref().unwrap_or(&identity.state_machine_arn);
        let QualifiedArn { machine_arn, qualifier } = QualifiedArn::parse(arn);
        let label = match qualifier {
            Some(Qualifier::Label(label)) => Some(label),
            Some(Qualifier::Version(_) | Qualifier::Alias(_)) | None => None,
        };
        let machine = match machine {
            Some(machine) => machine,
            None => self.choose(if label.is_some() { machine_arn } else { arn })?.machine,
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
        Ok((machine, program))
    }

    /// Lets an execution go on that is not in memory.
    fn resume(
        self: &Arc<Self>,
        returning: Returning,
        looking: MutexGuard<'_, ()>,
    ) -> Result<Arc<Cell>, EngineError> {
        let Returning { identity, machine, case, time, started_by, events, known } = returning;
        let (machine, program) = self.program_of(&identity, machine)?;
        // A case that is not in the mock file any more does not matter to what has ended.
        let mocking = self.mocking_of(&machine, case, known.as_ref())?;
        let facts = u64::try_from(events.len()).unwrap_or(u64::MAX);
        // What an archive brings back, it finds.
        let names_keys = self.journal.archive().is_none();
        let mut naming = Vec::new();
        let events = events.into_iter().inspect(|event| {
            if names_keys && matches!(event.fact, Fact::Started { .. } | Fact::TaskSucceeded { .. })
            {
                naming.push(event.fact.clone());
            }
        });
        let recovered = recover(Execution::new(program, identity), events);
        let Recovered { execution, unsettled, invoked, last_at } = recovered;
        let execution_arn = Arc::clone(&execution.identity().execution_arn);
        if execution.started_at().is_none() {
            return Err(does_not_exist(&execution_arn));
        }
        let run = match time {
            Time::Real => Arc::clone(&self.real_time),
            Time::SkippingWaits => {
                let now = self.real_time.clock.now().max(last_at);
                let clock = self.real_time.clock.branch();
                clock.skip_to(now);
                Arc::new(Run::new(clock, Pace::Skipping))
            }
        };
        let is_open = execution.outcome().is_none()
            && execution.identity().execution_type == ExecutionType::Standard
            && execution.identity().map_run_arn.is_none();
        let (sequence, part, stage, rest) = match known {
            Some(Known { number, part, stage, rest }) => (number, part, Some(stage), rest),
            None => (self.next_number(), None, None, None),
        };
        let cell =
            Cell::new(execution, machine, sequence, Arc::clone(&run), started_by, mocking, part);
        let cell = Arc::new(cell);
        let mut queue = Queue::default();
        run.enter();
        {
            let mut body = cell.lock();
            body.last_at = last_at;
            body.facts = facts;
            if let Some(Stage { status, redrive_token, .. }) = stage {
                body.noted = status;
                body.redrive_token = redrive_token;
            }
            if is_open {
                // It was there before the limit was reached.
                body.open = Some(match rest {
                    Some(_) => self.executions.open.take_up(),
                    None => self.executions.open.one_more().0,
                });
            }
            if let Some(Rest { until, watchers, .. }) = rest {
                body.rests = true;
                body.watchers = watchers;
                if let Some(until) = until {
                    run.is_back(until, sequence);
                }
            }
            if let Some(case) = cell.mocking.as_ref().and_then(|mocking| mocking.case.as_ref()) {
                case.restore(&invoked, &mut body.invocations);
            }
            if self.executions.insert(&cell).is_err() {
                drop(body);
                run.leave();
                return Err(EngineError::ExecutionAlreadyExists(execution_arn.to_string()));
            }
            drop(looking);
            self.list_in_memory(&cell);
            for fact in &naming {
                self.find_by(&cell, fact);
            }
            body.attempt = u32::try_from(body.execution.redrives().len()).unwrap_or(u32::MAX);
            self.note(&cell, &mut body);
            self.register_map_runs(&cell, &mut body);
            self.go_on(&cell, &mut body, unsettled, &mut queue);
        }
        run.leave();
        self.drive(&mut queue, &run);
        Ok(cell)
    }

    fn mocking_of(
        &self,
        machine: &Machine,
        case: Option<String>,
        known: Option<&Known>,
    ) -> Result<Option<Mocking>, EngineError> {
        let Some(case) = case else { return Ok(None) };
        match self.mocking(machine, &case) {
            Ok(mocking) => Ok(Some(mocking)),
            Err(_) if known.is_some_and(|known| known.stage.status != Status::Running) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Performs what was ordered and has not been answered.
    fn go_on(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        unsettled: Vec<Unsettled>,
        queue: &mut Queue,
    ) {
        let mut following = VecDeque::new();
        for Unsettled { command, is_taken, number } in unsettled {
            match command {
                Command::InvokeTask(request) => {
                    let invocation = Invocation { request, is_submitted: is_taken };
                    self.invoke(cell, body, invocation, number, queue, &mut following);
                }
                command => self.perform(cell, body, command, queue, &mut following),
            }
        }
        self.follow(cell, body, following, queue);
    }
}
