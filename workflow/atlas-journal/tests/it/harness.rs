//! A folder of its own for one test, and an engine that keeps everything in it.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use atlas_asl::{model::ExecutionType, parse::parse};
use atlas_core::Payload;
use atlas_engine::{
    Engine, EngineOptions, Place, StartRequest, Started, Time,
    journal::Journals,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use atlas_journal::Store;
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
    _store: Store,
}

impl Process {
    pub(crate) fn start(folder: &std::path::Path) -> Self {
        let store = Store::open(folder).unwrap();
        let service = Arc::new(Service::default());
        let runner: Arc<dyn TaskRunner> = Arc::<Service>::clone(&service);
        let journal = store.of(&Place::default());
        let engine = Engine::new(EngineOptions { runner, journal, ..EngineOptions::default() });
        let mut going_on = 0;
        for (place, kept) in store.kept().unwrap() {
            assert_eq!(place, Place::default());
            going_on += engine.recover(kept).unwrap();
        }
        Self { engine, service, going_on, _store: store }
    }

    pub(crate) fn create(&self, name: &str, definition: &Value) {
        let parsed = parse(&definition.to_string());
        assert_eq!(parsed.diagnostics, []);
        let machine = parsed.machine.unwrap();
        self.engine.create_state_machine(name, ExecutionType::Standard, &machine).unwrap();
    }

    pub(crate) fn start_execution(&self, machine: &str, name: &str, time: Time) -> Started {
        let request = StartRequest {
            state_machine: machine.to_owned(),
            name: Some(name.to_owned()),
            input: Payload::parse(r#"{"a": 1.50}"#).unwrap(),
            case: None,
            time,
        };
        self.engine.start(request).unwrap()
    }

    /// Until everything is on the disk, and all calls that can be made were made.
    pub(crate) async fn settle(&self, calls: usize) {
        self.engine.settled().await.unwrap();
        while self.service.calls().len() < calls {
            tokio::task::yield_now().await;
        }
        self.engine.settled().await.unwrap();
    }
}
