//! What the server serves: an engine for each account and region, made when it is first asked for.

use std::{
    collections::HashMap,
    fmt,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use atlas_engine::{
    DuplicateExpress, Engine, EngineError, EngineOptions, ExecutionLog, GoingOn, Observer,
    PhoneHashKey, Place, Time,
    archive::KeptPlace,
    journal::{Journals, NoJournal, Shelf},
    mocks::MockConfig,
    runner::{NoRunner, TaskRunner},
};

use crate::{
    api_error::ApiError,
    console::PipelineRecorder,
    mock_file::MockFile,
    own_service::OwnService,
    start_form::StartForm,
    tags::{Given, Tags},
    virtual_time,
};

/// The accounts of one server. Cheap to clone; all clones are one app.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

/// How an app is set up.
pub struct AppOptions {
    /// How tasks leave that the engine does not perform and that do not call this very service.
    pub runner: Arc<dyn TaskRunner>,
    /// The mock file.
    pub mocks: Option<Arc<MockConfig>>,
    /// Where the mock file is, if it is to be read again when it has changed.
    pub mock_file: Option<PathBuf>,
    /// Sees each history event of every account.
    pub observer: Option<Observer>,
    /// Takes what machines of every account log of their executions.
    pub execution_log: Option<Arc<dyn ExecutionLog>>,
    /// Which EXPRESS executions of each account run twice; none where absent.
    pub duplicate_express: Option<DuplicateExpress>,
    /// How the time of executions passes.
    pub time: Time,
    /// What forms need that start machines.
    pub start_forms: Vec<StartForm>,
    /// Where everything is kept that outlives the process; nowhere where absent.
    pub journals: Option<Arc<dyn Journals>>,
    /// Under which phone numbers are hashed that executions are found by which are in memory only; each
    /// account draws its own where absent.
    pub phone_hash_key: Option<PhoneHashKey>,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            runner: Arc::new(NoRunner),
            mocks: None,
            mock_file: None,
            observer: None,
            execution_log: None,
            duplicate_express: None,
            time: Time::Real,
            start_forms: Vec::new(),
            journals: None,
            phone_hash_key: None,
        }
    }
}

/// One account in one region: nobody else sees what is in it.
#[derive(Debug)]
pub struct Account {
    engine: Engine,
    pub(crate) tags: Tags,
    pipeline: PipelineRecorder,
}

impl Account {
    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How its executions do, for whoever knows more of it: calls to services outside.
    pub fn pipeline(&self) -> &PipelineRecorder {
        &self.pipeline
    }

    pub(crate) fn tag(&self, arn: &str, given: Given) -> Result<(), ApiError> {
        self.tags.add(arn, given)?;
        self.keep_tags(arn)
    }

    pub(crate) fn untag(&self, arn: &str, keys: &[&str]) -> Result<(), ApiError> {
        self.tags.remove(arn, keys);
        self.keep_tags(arn)
    }

    pub(crate) fn forget_tags(&self, arn: &str) -> Result<(), ApiError> {
        self.tags.forget(arn);
        self.keep_tags(arn)
    }

    fn keep_tags(&self, arn: &str) -> Result<(), ApiError> {
        Ok(self.engine.keep(Shelf::Tags, arn, self.tags.document(arn))?)
    }

    /// Brings back what was kept.
    fn recover(&self, kept: KeptPlace) -> Result<GoingOn, EngineError> {
        for (shelf, arn, document) in &kept.documents {
            if *shelf == Shelf::Tags {
                self.tags.bring_back(arn, document);
            }
        }
        self.engine.recover(kept)
    }
}

/// Who asks, and what they ask of.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) app: App,
    pub(crate) account: Arc<Account>,
    /// How the time of what the request starts is to pass, where the request says so.
    pub(crate) time: Option<Time>,
}

impl Caller {
    pub(crate) fn engine(&self) -> &Engine {
        &self.account.engine
    }

    /// How the time of an execution of this machine passes: as the request says, as the machine is
    /// tagged, as the server was told.
    pub(crate) fn time_of(&self, state_machine_arn: &str) -> Time {
        let tagged = || {
            // A version or an alias has the tags of its machine.
            let arn: Vec<&str> = state_machine_arn.splitn(8, ':').take(7).collect();
            virtual_time::meant(&self.account.tags.value(&arn.join(":"), virtual_time::TAG)?)
        };
        self.time.or_else(tagged).unwrap_or(self.app.0.options.time)
    }

    /// How the time of a state passes that belongs to no machine here.
    pub(crate) fn time(&self) -> Time {
        self.time.unwrap_or(self.app.0.options.time)
    }
}

/// By region and account.
type Accounts = HashMap<(Arc<str>, Arc<str>), Arc<Account>>;

pub(crate) struct Shared {
    options: AppOptions,
    mock_file: Option<MockFile>,
    /// What the mock file held when it was last read.
    changed_mocks: Mutex<Option<Arc<MockConfig>>>,
    accounts: Mutex<Accounts>,
}

impl App {
    /// An app without any account yet.
    pub fn new(options: AppOptions) -> Self {
        let mock_file = options.mock_file.clone().map(MockFile::new);
        // One that cannot be used is told of when it is asked for.
        let found = mock_file.as_ref().and_then(|file| file.changed().ok().flatten());
        Self(Arc::new(Shared {
            options,
            mock_file,
            changed_mocks: Mutex::new(found),
            accounts: Mutex::default(),
        }))
    }

    /// The account of this place, which is made if nobody has asked for it before.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime, as `Engine::new` does.
    pub fn account(&self, place: &Place) -> Arc<Account> {
        let key = (Arc::clone(&place.region), Arc::clone(&place.account));
        let mut accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(accounts.entry(key).or_insert_with(|| self.made(place)))
    }

    /// The account of this place for somebody who only looks: one that nobody has asked for is made, and
    /// forgotten as soon as it has been looked at.
    pub(crate) fn account_seen(&self, place: &Place) -> Arc<Account> {
        if *place == Place::default() {
            return self.account(place);
        }
        let key = (Arc::clone(&place.region), Arc::clone(&place.account));
        let accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.get(&key).map_or_else(|| self.made(place), Arc::clone)
    }

    fn made(&self, place: &Place) -> Arc<Account> {
        let mocks = self.mocks();
        let pipeline = PipelineRecorder::default();
        let AppOptions {
            runner,
            observer,
            execution_log,
            journals,
            duplicate_express,
            phone_hash_key,
            ..
        } = &self.0.options;
        let engine = Engine::new(EngineOptions {
            place: place.clone(),
            runner: Arc::new(OwnService::new(&self.0, Arc::clone(runner))),
            mocks,
            observer: Some(observer_of(pipeline.clone(), observer.clone())),
            execution_log: execution_log.clone(),
            duplicate_express: *duplicate_express,
            phone_hash_key: phone_hash_key.clone(),
            journal: match journals {
                Some(journals) => journals.of(place),
                None => Arc::new(NoJournal),
            },
            ..EngineOptions::default()
        });
        Arc::new(Account { engine, tags: Tags::default(), pipeline })
    }

    /// Brings back all that was kept, in every account, and goes on with it. Nobody may be served before.
    ///
    /// # Errors
    /// Where what was kept cannot be read: nothing of it is lost.
    pub fn recover(&self) -> Result<GoingOn, EngineError> {
        let mut all = GoingOn::default();
        let Some(journals) = &self.0.options.journals else { return Ok(all) };
        for (place, kept) in journals.kept()? {
            let GoingOn { count, left } = self.account(&place).recover(kept)?;
            all.count += count;
            all.left.extend(left);
        }
        Ok(all)
    }

    /// Every account that somebody has asked for.
    pub(crate) fn accounts(&self) -> Vec<Arc<Account>> {
        let accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.values().cloned().collect()
    }

    /// Where everything is kept that outlives the process.
    pub(crate) fn journals(&self) -> Option<&dyn Journals> {
        self.0.options.journals.as_deref()
    }

    /// Reads the mock file again, if it has changed, for all accounts.
    pub(crate) fn refresh_mocks(&self) -> Result<(), ApiError> {
        let Some(file) = &self.0.mock_file else { return Ok(()) };
        let changed = file.changed().map_err(|error| ApiError::validation(error.to_string()))?;
        if let Some(mocks) = changed {
            let accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
            let mut known = self.0.changed_mocks.lock().unwrap_or_else(PoisonError::into_inner);
            for account in accounts.values() {
                account.engine.use_mocks(Arc::clone(&mocks));
            }
            *known = Some(mocks);
        }
        Ok(())
    }

    /// The mock file, as it was when it was last read.
    pub(crate) fn mocks(&self) -> Option<Arc<MockConfig>> {
        let changed = self.0.changed_mocks.lock().unwrap_or_else(PoisonError::into_inner);
        changed.clone().or_else(|| self.0.options.mocks.clone())
    }

    /// What a form to start the machine of this name needs.
    pub(crate) fn start_form(&self, machine: &str) -> Option<&StartForm> {
        self.0.options.start_forms.iter().find(|form| form.machine == machine)
    }

    /// The app of which this is the inside.
    pub(crate) fn of(shared: Arc<Shared>) -> Self {
        Self(shared)
    }
}

/// Takes down each event, and lets the other observer see it too.
fn observer_of(pipeline: PipelineRecorder, other: Option<Observer>) -> Observer {
    Arc::new(move |execution_arn, event| {
        pipeline.event(wall_clock, execution_arn, event);
        if let Some(other) = &other {
            other(execution_arn, event);
        }
    })
}

/// The time of this machine's clock, in milliseconds since the epoch: by it the console shows what happened
/// when, also of executions that live in a time of their own.
pub fn wall_clock() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("time", &self.options.time).finish_non_exhaustive()
    }
}

impl fmt::Debug for AppOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppOptions").field("time", &self.time).finish_non_exhaustive()
    }
}
