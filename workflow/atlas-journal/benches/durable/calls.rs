//! The machine that is measured, and the services that it calls.

use std::{
    collections::HashMap,
    future::ready,
    sync::{Arc, Mutex},
};

use atlas_core::Payload;
use atlas_engine::{
    Engine, EngineOptions, Place, StartRequest, Started, Time,
    journal::{Journal, Journals, NoJournal},
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use atlas_journal::Store;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// What Amazon Connect tells of a call.
const CALLBACK: &str = r#"{"contactId":"4573bb8f-6f3b-4d1c-9f0f-2f6c1ad5b1c9","outcome":"ANSWERED",
    "disconnectReason":"CUSTOMER_DISCONNECT","connectedAt":"2026-11-21T10:00:07.000Z",
    "endedAt":"2026-11-21T10:03:11.000Z","talkSeconds":184}"#;

/// Takes calls and hands their tokens to whoever waits for them; reports every outcome.
#[derive(Default)]
pub(crate) struct Services {
    waiting: Mutex<HashMap<Arc<str>, oneshot::Sender<String>>>,
}

impl Services {
    fn expect(&self, execution_arn: Arc<str>) -> oneshot::Receiver<String> {
        let (sender, receiver) = oneshot::channel();
        self.waiting.lock().expect("nobody panics with it").insert(execution_arn, sender);
        receiver
    }
}

impl TaskRunner for Services {
    fn run(&self, call: TaskCall) -> Answering {
        let Some(token) = &call.request.token else {
            let answer = json!({"Payload": {"leadId": "00Q5g000001AAAAAAA", "status": "Called"}});
            return Box::pin(ready(TaskAnswer::Answered(Payload::from(answer))));
        };
        let arn = &call.identity.execution_arn;
        let waiting = self.waiting.lock().expect("nobody panics with it").remove(arn);
        if let Some(waiting) = waiting {
            // A client that is gone does not call back.
            let _gone = waiting.send(token.expose().to_owned());
        }
        Box::pin(ready(TaskAnswer::Answered(Payload::from(json!({"StatusCode": 200})))))
    }
}

/// An engine with the machine, and its services.
pub(crate) struct Host {
    pub(crate) engine: Engine,
    services: Arc<Services>,
    input: Payload,
    is_durable: bool,
}

impl Host {
    /// With everything in a store, or with nothing kept.
    pub(crate) fn new(store: Option<&Store>) -> Self {
        let services = Arc::new(Services::default());
        let journal: Arc<dyn Journal> = match store {
            Some(store) => store.of(&Place::default()),
            None => Arc::new(NoJournal),
        };
        let runner: Arc<dyn TaskRunner> = Arc::<Services>::clone(&services);
        let engine = Engine::new(EngineOptions { journal, runner, ..EngineOptions::default() });
        Self { engine, services, input: input(), is_durable: store.is_some() }
    }

    /// Lets the engine have the machine.
    pub(crate) fn create(&self) {
        for definition in definitions::local_machines() {
            self.engine
                .create_state_machine(
                    definition.name,
                    definition.execution_type,
                    &definition.machine,
                )
                .expect("the machine is right");
        }
    }

    pub(crate) fn start(&self, name: String) -> Started {
        let request = StartRequest {
            state_machine: definitions::call::NAME.to_owned(),
            name: Some(name),
            input: self.input.clone(),
            case: None,
            time: Time::Real,
        };
        self.engine.start(request).expect("the machine can be started")
    }

    /// Where nothing is kept, what has ended is let go as retention would let it go.
    pub(crate) fn forget(&self, name: &str) {
        if !self.is_durable {
            self.engine.forget(&arn(name)).expect("it has just ended");
        }
    }

    /// One call from its start to its end, as a client sees it.
    pub(crate) async fn call(&self, name: String) {
        let token = self.services.expect(arn(&name).into());
        let started = self.start(name);
        self.engine.settled().await.expect("the disk works");
        let outcome = self.engine.outcome(&started.execution_arn).expect("it is there");
        assert!(outcome.is_none(), "it ended before its call: {outcome:?}");
        let token = token.await.expect("the call is placed");
        self.engine.send_task_success(&token, CALLBACK).expect("the call is waited for");
        self.engine.settled().await.expect("the disk works");
        let outcome = self.engine.wait(&started.execution_arn).await.expect("the disk works");
        assert_eq!(outcome.status(), "SUCCEEDED", "{outcome:?}");
    }
}

/// The ARN of the call of this name.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:states:us-east-1:000000000000:execution:{}:{name}", definitions::call::NAME)
}

fn input() -> Payload {
    let mut lead: Value = serde_json::from_str(definitions::SAMPLE_LEAD).expect("it is JSON");
    lead["leadId"] = json!("00Q5g000001AAAAAAA");
    lead["attempt"] = json!(1);
    lead["callerId"] = json!("+14155550100");
    lead["scenario"] = json!({
        "origin": "model",
        "greeting": "Hello Ada, this is the demo that you asked for.",
        "talkingPoints": ["what you asked about", "how it works", "when it could begin"],
        "closing": "Thank you for your time.",
    });
    Payload::from(lead)
}
