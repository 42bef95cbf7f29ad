//! A folder of its own for one test, and an engine that keeps everything in it.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use atlas_asl::{model::ExecutionType, parse::parse};
use atlas_core::Payload;
use atlas_engine::{
    Engine, EngineError, EngineOptions, Limits, PhoneHashKey, Place, StartRequest, Started, Time,
    archive::Listing,
    journal::Journals,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use atlas_journal::{Disk, Store, StoreOptions};
use serde_json::Value;

pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    folder
}

/// Takes every request, and keeps its parameters.
#[derive(Debug, Default)]
pub(crate) struct Service(Mutex<Vec<Value>>);

impl Service {
    pub(crate) fn calls(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }
}

impl TaskRunner for Service {
    fn run(&self, call: TaskCall) -> Answering {
        self.0.lock().unwrap().push(call.request.parameters.value().clone());
        Box::pin(async { TaskAnswer::Answered(Payload::parse("{}").unwrap()) })
    }
}

/// A process: a store, and an engine with all that was kept.
pub(crate) struct Process {
    pub(crate) engine: Engine,
    pub(crate) service: Arc<Service>,
    pub(crate) going_on: usize,
    /// The ARNs of executions that do not go on, and why.
    pub(crate) left: Vec<(Arc<str>, String)>,
    pub(crate) store: Store,
}

impl Process {
    pub(crate) fn start(folder: &std::path::Path) -> Self {
        Self::start_with(folder, Disk::default(), Limits::default())
    }

    pub(crate) fn with_limits(folder: &std::path::Path, limits: Limits) -> Self {
        Self::start_with(folder, Disk::default(), limits)
    }

    pub(crate) fn start_on(folder: &std::path::Path, disk: Disk) -> Self {
        Self::start_with(folder, disk, Limits::default())
    }

    pub(crate) fn with_key(folder: &std::path::Path, key: Option<&str>) -> Self {
        let phone_hash_key = key.map(|key| PhoneHashKey::new(key.as_bytes()));
        let options = StoreOptions { phone_hash_key, ..StoreOptions::default() };
        Self::open(folder, options, Limits { idle: 0, ..Limits::default() })
    }

    fn start_with(folder: &std::path::Path, disk: Disk, limits: Limits) -> Self {
        Self::open(folder, StoreOptions { disk, ..StoreOptions::default() }, limits)
    }

    fn open(folder: &std::path::Path, options: StoreOptions, limits: Limits) -> Self {
        let store = Store::open_with(folder, options).unwrap();
        let service = Arc::new(Service::default());
        let runner: Arc<dyn TaskRunner> = Arc::<Service>::clone(&service);
        let journal = store.of(&Place::default());
        let options = EngineOptions { runner, journal, limits, ..EngineOptions::default() };
        let engine = Engine::new(options);
        let (mut going_on, mut left) = (0, Vec::new());
        for (place, kept) in store.kept().unwrap() {
            assert_eq!(place, Place::default());
            let recovered = engine.recover(kept).unwrap();
            going_on += recovered.count;
            let told = recovered.left.into_iter();
            left.extend(told.map(|(arn, reason)| (arn, reason.to_string())));
        }
        Self { engine, service, going_on, left, store }
    }

    pub(crate) fn create(&self, name: &str, definition: &Value) {
        let parsed = parse(&definition.to_string());
        assert_eq!(parsed.diagnostics, []);
        let machine = parsed.machine.unwrap();
        self.engine.create_state_machine(name, ExecutionType::Standard, &machine).unwrap();
    }

    pub(crate) fn start_execution(&self, machine: &str, name: &str, time: Time) -> Started {
        self.try_to_start(machine, name, time).unwrap()
    }

    pub(crate) fn try_to_start(
        &self,
        machine: &str,
        name: &str,
        time: Time,
    ) -> Result<Started, EngineError> {
        self.try_to_start_with(machine, name, time, r#"{"a": 1.50}"#)
    }

    pub(crate) fn start_with_input(&self, machine: &str, name: &str, input: &str) -> Started {
        self.try_to_start_with(machine, name, Time::Real, input).unwrap()
    }

    fn try_to_start_with(
        &self,
        machine: &str,
        name: &str,
        time: Time,
        input: &str,
    ) -> Result<Started, EngineError> {
        let request = StartRequest {
            state_machine: machine.to_owned(),
            name: Some(name.to_owned()),
            input: Payload::parse(input).unwrap(),
            case: None,
            time,
        };
        self.engine.start(request)
    }

    /// The names of all executions of a listing, a few at a time.
    pub(crate) fn names(&self, listing: Listing<'_>) -> Vec<String> {
        let mut names = Vec::new();
        let mut after = None;
        loop {
            let page = Listing { after, most: 7, most_seen: 50, ..listing };
            let listed = self.engine.list(&page).unwrap();
            assert!(listed.executions.len() <= 7);
            names.extend(listed.executions.iter().map(|it| it.identity.execution_name.to_string()));
            after = listed.next;
            if after.is_none() {
                return names;
            }
        }
    }

    /// Until everything is on the disk, and all calls that can be made were made.
    pub(crate) async fn settle(&self, calls: usize) {
        self.engine.settled().await.unwrap();
        while self.service.calls().len() < calls {
            tokio::task::yield_now().await;
        }
        self.engine.settled().await.unwrap();
    }

    /// The token that the service was given with this call.
    pub(crate) async fn token(&self, call: usize) -> String {
        self.settle(call + 1).await;
        self.service.calls()[call]["Token"].as_str().unwrap().to_owned()
    }

    /// Until no more than so many executions are in memory.
    pub(crate) async fn memory_holds(&self, count: usize) {
        while self.engine.executions().len() > count {
            tokio::task::yield_now().await;
        }
    }

    /// Until an execution has ended, which may be brought back only then.
    pub(crate) async fn ends(&self, arn: &str) {
        while self.engine.outcome(arn).unwrap().is_none() {
            tokio::task::yield_now().await;
        }
    }
}
