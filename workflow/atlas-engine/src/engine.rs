//! The engine: what it holds, how it is made, and what can be asked of it.

use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_asl::model::ExecutionType;
use atlas_core::{NotRedrivable, Outcome, Payload, Seed, Timestamp, history::HistoryEvent};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use tokio::sync::oneshot;

use crate::{
    activities::Activities,
    cell::Cell,
    changes::Changes,
    clock::Clock,
    duplicates::{DuplicateExpress, Duplicates},
    error::EngineError,
    execution_log::ExecutionLog,
    executions::{Executions, Tokens},
    finder::Finder,
    journal::{Journal, NoJournal, Shelf},
    limits::Limits,
    machines::{Chosen, Machine, Machines},
    map_runs::MapRuns,
    mocks::{CurrentMocks, MockConfig},
    names::Place,
    phone_hash::PhoneHashKey,
    recovery::Revisions,
    rest::{Idle, put_out},
    run::{Pace, Run},
    runner::{NoRunner, TaskRunner},
    tally::Tally,
    waker::{Waker, wake},
};

/// Runs executions. Cheap to clone; all clones are one engine.
#[derive(Debug, Clone)]
pub struct Engine {
    pub(crate) inner: Arc<Inner>,
    /// Lets the engine's own tasks end with the last clone.
    _dismissal: Arc<Dismissal>,
}

/// Sees each history event as soon as it has happened, with the ARN of its execution.
///
/// It is called while the execution is locked: it must be quick, and must not call the engine.
pub type Observer = Arc<dyn Fn(&Arc<str>, &HistoryEvent) + Send + Sync>;

/// How an engine is set up.
pub struct EngineOptions {
    /// Region and account of its ARNs.
    pub place: Place,
    /// How tasks leave that are neither mocked nor performed by the engine.
    pub runner: Arc<dyn TaskRunner>,
    /// Where facts are kept.
    pub journal: Arc<dyn Journal>,
    /// The mock file.
    pub mocks: Option<Arc<MockConfig>>,
    /// Sees each history event.
    pub observer: Option<Observer>,
    /// Takes what machines log of their executions.
    pub execution_log: Option<Arc<dyn ExecutionLog>>,
    /// Which EXPRESS executions run twice; none where absent.
    pub duplicate_express: Option<DuplicateExpress>,
    /// What names and seeds are drawn from; from the operating system where absent.
    pub seed: Option<Seed>,
    /// How many executions there may be.
    pub limits: Limits,
    /// Under which phone numbers are hashed by which executions in memory are found; drawn where absent. An
    /// archive has its own.
    pub phone_hash_key: Option<PhoneHashKey>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            place: Place::default(),
            runner: Arc::new(NoRunner),
            journal: Arc::new(NoJournal),
            mocks: None,
            observer: None,
            execution_log: None,
            duplicate_express: None,
            seed: None,
            limits: Limits::default(),
            phone_hash_key: None,
        }
    }
}

/// What is known of an execution.
#[derive(Debug, Clone)]
pub struct Description {
    /// Its ARN.
    pub execution_arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its machine, as it was when the execution began.
    pub machine: Arc<Machine>,
    /// The ARN of its machine.
    pub state_machine_arn: Arc<str>,
    /// The name of its machine.
    pub state_machine_name: Arc<str>,
    /// The version that it was started with, where one was named, by itself or by an alias.
    pub version_arn: Option<Arc<str>>,
    /// The alias that it was started with.
    pub alias_arn: Option<Arc<str>>,
    /// STANDARD or EXPRESS.
    pub execution_type: ExecutionType,
    /// The ARN of the execution that started it, where one did.
    pub started_by: Option<Arc<str>>,
    /// Its input.
    pub input: Payload,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// When it was redriven, each time.
    pub redrives: Vec<Timestamp>,
    /// Why it cannot be redriven now.
    pub redrivable: Result<(), NotRedrivable>,
    /// The map run that it is a child of.
    pub child_of: Option<ChildDescription>,
}

/// What is known of a child execution of a map run beside what is known of any.
#[derive(Debug, Clone)]
pub struct ChildDescription {
    /// The ARN of the map run.
    pub map_run_arn: Arc<str>,
    /// The label of its map.
    pub label: Arc<str>,
    /// Where the processor that it runs stands in the machine's definition.
    pub pointer: Arc<str>,
    /// Of how many items it is.
    pub item_count: u32,
}

impl Description {
    /// The status, as the API spells it.
    pub fn status(&self) -> &'static str {
        self.outcome.as_ref().map_or("RUNNING", Outcome::status)
    }
}

pub(crate) struct Inner {
    pub(crate) place: Place,
    pub(crate) runner: Arc<dyn TaskRunner>,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) mocks: CurrentMocks,
    pub(crate) observer: Option<Observer>,
    pub(crate) execution_log: Option<Arc<dyn ExecutionLog>>,
    pub(crate) duplicates: Option<Duplicates>,
    pub(crate) machines: Machines,
    pub(crate) executions: Executions,
    pub(crate) tokens: Tokens,
    pub(crate) tally: Tally,
    pub(crate) finder: Finder,
    pub(crate) changes: Arc<Changes>,
    pub(crate) map_runs: MapRuns,
    pub(crate) activities: Activities,
    pub(crate) real_time: Arc<Run>,
    pub(crate) waker: Arc<Waker>,
    pub(crate) idle: Arc<Idle>,
    pub(crate) revisions: Revisions,
    pub(crate) runtime: tokio::runtime::Handle,
    pub(crate) limits: Limits,
    random: Mutex<ChaCha8Rng>,
}

#[derive(Debug)]
struct Dismissal {
    waker: Arc<Waker>,
    idle: Arc<Idle>,
    changes: Arc<Changes>,
}

impl Drop for Dismissal {
    fn drop(&mut self) {
        self.waker.dismiss();
        self.idle.dismiss();
        self.changes.end();
    }
}

impl Engine {
    /// An engine that knows no machine yet. Calls in flight and timers run on the Tokio runtime
    /// that it is made in.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime, as `tokio::spawn` does.
    pub fn new(options: EngineOptions) -> Self {
        let EngineOptions { place, runner, journal, mocks, seed, limits, .. } = options;
        let random = match seed {
            Some(Seed(bytes)) => ChaCha8Rng::from_seed(bytes),
            None => ChaCha8Rng::from_os_rng(),
        };
        let kept_key = journal.archive().map(|archive| archive.phone_hash_key().clone());
        let phone_hash_key = kept_key.or(options.phone_hash_key).unwrap_or_else(drawn_key);
        let changes = Arc::new(Changes::default());
        let runtime = tokio::runtime::Handle::current();
        let waker = Arc::new(Waker::default());
        let idle = Arc::new(Idle::new(&limits));
        let inner = Arc::new(Inner {
            place,
            runner,
            journal,
            mocks: CurrentMocks::new(mocks),
            observer: options.observer,
            execution_log: options.execution_log,
            duplicates: options.duplicate_express.map(Duplicates::new),
            machines: Machines::default(),
            executions: Executions::default(),
            tokens: Tokens::default(),
            tally: Tally::default(),
            finder: Finder::new(phone_hash_key),
            changes: Arc::clone(&changes),
            map_runs: MapRuns::default(),
            activities: Activities::default(),
            real_time: Arc::new(Run::new(Clock::system(), Pace::Real)),
            waker: Arc::clone(&waker),
            idle: Arc::clone(&idle),
            revisions: Revisions::default(),
            runtime: runtime.clone(),
            limits,
            random: Mutex::new(random),
        });
        runtime.spawn(wake(Arc::downgrade(&inner), Arc::clone(&waker)));
        if inner.journal.archive().is_some() {
            runtime.spawn(put_out(Arc::downgrade(&inner), Arc::clone(&idle)));
        }
        Self { inner, _dismissal: Arc::new(Dismissal { waker, idle, changes }) }
    }

    /// Puts another mock file in the place of the engine's. What runs keeps the one that it began with.
    pub fn use_mocks(&self, mocks: Arc<MockConfig>) {
        self.inner.mocks.replace(mocks);
    }

    /// What is known of an execution.
    pub fn describe(&self, execution_arn: &str) -> Result<Description, EngineError> {
        let cell = self.inner.cell(execution_arn)?;
        describe(&cell).ok_or_else(|| does_not_exist(execution_arn))
    }

    /// Every execution in memory but the children of map runs, the oldest first.
    pub fn executions(&self) -> Vec<Description> {
        let mut cells = self.inner.executions.all();
        cells.retain(|cell| cell.identity.map_run_arn.is_none());
        cells.sort_by_key(|cell| cell.sequence);
        cells.iter().filter_map(|cell| describe(cell)).collect()
    }

    /// The history of an execution so far.
    pub fn history(&self, execution_arn: &str) -> Result<Vec<HistoryEvent>, EngineError> {
        Ok(self.inner.cell(execution_arn)?.lock().execution.history().to_vec())
    }

    /// A part of the history of an execution so far: what `choose` cuts out of the whole.
    pub fn history_part(
        &self,
        execution_arn: &str,
        choose: impl FnOnce(&[HistoryEvent]) -> &[HistoryEvent],
    ) -> Result<Vec<HistoryEvent>, EngineError> {
        Ok(choose(self.inner.cell(execution_arn)?.lock().execution.history()).to_vec())
    }

    /// How an execution ended, if it has.
    pub fn outcome(&self, execution_arn: &str) -> Result<Option<Outcome>, EngineError> {
        Ok(self.inner.cell(execution_arn)?.lock().execution.outcome().cloned())
    }

    /// When an execution goes on by itself next, if nothing comes from outside before: the first of
    /// its timers.
    pub fn next_timer(&self, execution_arn: &str) -> Result<Option<Timestamp>, EngineError> {
        let cell = self.inner.cell(execution_arn)?;
        Ok(cell.lock().timers.values().map(|key| key.at).min())
    }

    /// The time by the clock of executions that skip nothing.
    pub fn now(&self) -> Timestamp {
        self.inner.real_time.clock.now()
    }

    /// Waits for an execution's end.
    pub async fn wait(&self, execution_arn: &str) -> Result<Outcome, EngineError> {
        let waiting = self.inner.with(execution_arn, |_, body| {
            if let Some(outcome) = body.execution.outcome() {
                return Ok(Err(outcome.clone()));
            }
            if let Some(error) = &body.broken {
                return Err(EngineError::Journal((**error).clone()));
            }
            let (sender, receiver) = oneshot::channel();
            body.waiters.push(sender);
            Ok(Ok(receiver))
        })??;
        let receiver = match waiting {
            Ok(receiver) => receiver,
            Err(outcome) => {
                self.settled().await?;
                return Ok(outcome);
            }
        };
        match receiver.await {
            Ok(outcome) => {
                self.settled().await?;
                Ok(outcome?)
            }
            Err(_forgotten) => Err(does_not_exist(execution_arn)),
        }
    }

    /// Ends once all that has happened so far would outlive the process, where anything does. What
    /// cannot be kept now may be kept later all the same.
    pub async fn settled(&self) -> Result<(), EngineError> {
        let journal = &self.inner.journal;
        if journal.archive().is_none() {
            return Ok(());
        }
        tokio::select! {
            biased;
            () = journal.settled() => Ok(()),
            error = journal.refused() => Err(error.into()),
        }
    }

    /// Keeps a document of somebody who works with the engine, or forgets it.
    pub fn keep(
        &self,
        shelf: Shelf,
        name: &str,
        document: Option<String>,
    ) -> Result<(), EngineError> {
        Ok(self.inner.journal.keep(shelf, name, document)?)
    }

    /// Forgets an execution that has ended: nobody can ask for it any more, and its name is free.
    pub fn forget(&self, execution_arn: &str) -> Result<(), EngineError> {
        let cell = self.inner.cell(execution_arn)?;
        if cell.lock().execution.outcome().is_some() {
            self.inner.forget_in_memory(&cell);
        }
        Ok(())
    }
}

/// A key that nobody else has: it is needed as long as what is in memory.
fn drawn_key() -> PhoneHashKey {
    let mut bytes = [0; 32];
    ChaCha8Rng::from_os_rng().fill_bytes(&mut bytes);
    PhoneHashKey::new(bytes)
}

pub(crate) fn describe(cell: &Cell) -> Option<Description> {
    let body = cell.lock();
    let execution = &body.execution;
    let identity = &cell.identity;
    Some(Description {
        execution_arn: Arc::clone(&identity.execution_arn),
        name: Arc::clone(&identity.execution_name),
        machine: Arc::clone(&cell.machine),
        state_machine_arn: Arc::clone(&identity.state_machine_arn),
        state_machine_name: Arc::clone(&identity.state_machine_name),
        version_arn: identity.version_arn.clone(),
        alias_arn: identity.alias_arn.clone(),
        execution_type: identity.execution_type,
        started_by: cell.started_by.as_ref().map(|parent| Arc::clone(&parent.execution_arn)),
        input: execution.input()?.clone(),
        started_at: execution.started_at()?,
        ended_at: execution.ended_at(),
        outcome: execution.outcome().cloned(),
        redrives: execution.redrives().to_vec(),
        redrivable: execution.redrivability(cell.run.clock.now().max(body.last_at)),
        child_of: cell.part.as_ref().and_then(|part| {
            Some(ChildDescription {
                map_run_arn: Arc::clone(identity.map_run_arn.as_ref()?),
                label: Arc::clone(&part.label),
                pointer: Arc::clone(&part.pointer),
                item_count: part.item_count,
            })
        }),
    })
}

pub(crate) fn does_not_exist(execution_arn: &str) -> EngineError {
    EngineError::ExecutionDoesNotExist(execution_arn.to_owned())
}

impl Inner {
    pub(crate) fn machine(&self, arn_or_name: &str) -> Result<Arc<Machine>, EngineError> {
        let found = self.machines.find(&self.arn_of(arn_or_name));
        found.ok_or_else(|| EngineError::StateMachineDoesNotExist(arn_or_name.to_owned()))
    }

    /// The machine that is meant by its own ARN or name, or by the ARN of a version or an alias.
    pub(crate) fn choose(&self, arn_or_name: &str) -> Result<Chosen, EngineError> {
        let draw = || {
            let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
            random.next_u32() % 100
        };
        let arn = self.arn_of(arn_or_name);
        self.machines.choose(&arn, draw).ok_or_else(|| self.machines.missing(&arn, arn_or_name))
    }

    fn arn_of<'a>(&self, arn_or_name: &'a str) -> Cow<'a, str> {
        if arn_or_name.starts_with("arn:") {
            Cow::Borrowed(arn_or_name)
        } else {
            Cow::Owned(self.place.state_machine_arn(arn_or_name))
        }
    }

    pub(crate) fn seed(&self) -> Seed {
        let mut bytes = [0; 32];
        self.random.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        Seed(bytes)
    }

    pub(crate) fn random(&self) -> u128 {
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner);
        u128::from(random.next_u64()) << 64 | u128::from(random.next_u64())
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("place", &self.place).finish_non_exhaustive()
    }
}

impl fmt::Debug for EngineOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineOptions").field("place", &self.place).finish_non_exhaustive()
    }
}
