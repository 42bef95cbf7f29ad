//! What the server serves: an engine for each account and region, made when it is first asked for.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_engine::{
    Engine, EngineOptions, Observer, Place, Time,
    mocks::MockConfig,
    runner::{NoRunner, TaskRunner},
};

use crate::{own_service::OwnService, tags::Tags};

/// The accounts of one server. Cheap to clone; all clones are one app.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

/// How an app is set up.
pub struct AppOptions {
    /// How tasks leave that the engine does not perform and that do not call this very service.
    pub runner: Arc<dyn TaskRunner>,
    /// The mock file.
    pub mocks: Option<Arc<MockConfig>>,
    /// Sees each history event of every account.
    pub observer: Option<Observer>,
    /// How the time of executions passes.
    pub time: Time,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self { runner: Arc::new(NoRunner), mocks: None, observer: None, time: Time::Real }
    }
}

/// One account in one region: nobody else sees what is in it.
#[derive(Debug)]
pub struct Account {
    engine: Engine,
    pub(crate) tags: Tags,
}

impl Account {
    /// Its engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }
}

/// Who asks, and what they ask of.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) app: App,
    pub(crate) account: Arc<Account>,
}

impl Caller {
    pub(crate) fn engine(&self) -> &Engine {
        &self.account.engine
    }
}

/// By region and account.
type Accounts = HashMap<(Arc<str>, Arc<str>), Arc<Account>>;

pub(crate) struct Shared {
    options: AppOptions,
    accounts: Mutex<Accounts>,
}

impl App {
    /// An app without any account yet.
    pub fn new(options: AppOptions) -> Self {
        Self(Arc::new(Shared { options, accounts: Mutex::default() }))
    }

    /// The account of this place, which is made if nobody has asked for it before.
    ///
    /// # Panics
    ///
    /// Outside of a Tokio runtime, as `Engine::new` does.
    pub fn account(&self, place: &Place) -> Arc<Account> {
        let key = (Arc::clone(&place.region), Arc::clone(&place.account));
        let mut accounts = self.0.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry(key).or_insert_with(|| {
            let AppOptions { runner, mocks, observer, time: _ } = &self.0.options;
            let engine = Engine::new(EngineOptions {
                place: place.clone(),
                runner: Arc::new(OwnService::new(&self.0, Arc::clone(runner))),
                mocks: mocks.clone(),
                observer: observer.clone(),
                ..EngineOptions::default()
            });
            Arc::new(Account { engine, tags: Tags::default() })
        });
        Arc::clone(account)
    }

    pub(crate) fn time(&self) -> Time {
        self.0.options.time
    }

    /// The app of which this is the inside.
    pub(crate) fn of(shared: Arc<Shared>) -> Self {
        Self(shared)
    }
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
