//! A thousand leads that want to be called at once, where Connect takes two requests a second and carries ten
//! calls: the real machine on the real engine, against a Connect that keeps its quotas. Time is paused, so
//! hours pass at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use atlas_core::{Failure, Payload, Seed};
use atlas_engine::{
    Engine, EngineOptions, StartRequest, Time,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use definitions::call::{NAME, TURN_DELAY_SECONDS};
use serde_json::{Value, json};
use tokio::time::Instant;

const LEADS: u32 = 1_000;
const REQUESTS_PER_SECOND: u32 = 2;
const PLACES: u32 = 10;

/// The handlers, with a Connect that takes turns.
struct Handlers {
    engine: OnceLock<Engine>,
    started: Instant,
    call: Duration,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// How often somebody asked for a turn, by second.
    asked: BTreeMap<u64, u32>,
    /// How many requests Connect was sent, by second.
    dialed: BTreeMap<u64, u32>,
    going_on: u32,
    rings: BTreeMap<String, u32>,
    outcomes: BTreeMap<String, String>,
    last_ring: Duration,
}

impl TaskRunner for Handlers {
    fn run(&self, call: TaskCall) -> Answering {
        let payload = call.request.parameters.value()["Payload"].clone();
        let key = payload["interactionKey"].as_str().unwrap_or_default().to_owned();
        let answer = match call.request.state.as_str() {
            "InvokeOutboundCall" => {
                let token = call.request.token.unwrap();
                self.dial(format!("{key}#{}", payload["attempt"]), token.expose().to_owned())
            }
            "UpdateLead" => {
                let outcome = payload["outcome"].as_str().unwrap_or_default().to_owned();
                self.seen.lock().unwrap().outcomes.insert(key, outcome);
                let reported = json!({"leadId": payload["leadId"], "status": "Contacted"});
                answered(&json!({"StatusCode": 200, "Payload": reported}))
            }
            other => panic!("nothing calls `{other}` here"),
        };
        Box::pin(std::future::ready(answer))
    }
}

impl Handlers {
    fn dial(&self, attempt: String, token: String) -> TaskAnswer {
        let mut seen = self.seen.lock().unwrap();
        let now = self.started.elapsed();
        *seen.asked.entry(now.as_secs()).or_default() += 1;
        let dialed = seen.dialed.get(&now.as_secs()).copied().unwrap_or(0);
        if dialed >= REQUESTS_PER_SECOND || seen.going_on >= PLACES {
            return TaskAnswer::Failed(Failure {
                error: Some("Connect.Throttled".to_owned()),
                cause: None,
            });
        }
        *seen.dialed.entry(now.as_secs()).or_default() += 1;
        *seen.rings.entry(attempt).or_default() += 1;
        seen.going_on += 1;
        seen.last_ring = now;
        drop(seen);
        let (engine, seen) = (self.engine.get().unwrap().clone(), Arc::clone(&self.seen));
        let call = self.call;
        tokio::spawn(async move {
            tokio::time::sleep(call).await;
            seen.lock().unwrap().going_on -= 1;
            let outcome = json!({"contactId": "c", "outcome": "ANSWERED", "disconnectReason": null,
                "connectedAt": null, "endedAt": null, "talkSeconds": null});
            engine.send_task_success(&token, &outcome.to_string()).unwrap();
        });
        answered(&json!({"StatusCode": 200, "Payload": null}))
    }
}

fn answered(value: &Value) -> TaskAnswer {
    TaskAnswer::Answered(Payload::parse(value.to_string()).unwrap())
}

/// A lead's call, as it is asked for.
pub(crate) fn request(number: u32) -> StartRequest {
    let scenario = json!({"opening": "Hello", "objective": "a demo", "talkingPoints": ["one"],
        "tone": "calm", "language": "en-US"});
    let input = json!({"interactionKey": format!("lead-{number}"), "leadId": "00Q1",
        "scenario": scenario, "lead": {"phone": format!("+1415{number:07}")},
        "call": {"locale": "en-US", "timeZone": "America/Los_Angeles", "maxAttempts": 1},
        "consent": {"mayCall": true, "capturedAt": "2026-11-20T17:04:05Z"},
        "callerId": "+14155550100", "attempt": 1});
    StartRequest {
        state_machine: NAME.to_owned(),
        name: Some(format!("call-lead-{number}")),
        input: Payload::parse(input.to_string()).unwrap(),
        case: None,
        time: Time::Real,
    }
}

async fn check(call_seconds: u64, at_best: u64) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let handlers = Arc::new(Handlers {
        engine: OnceLock::new(),
        started: Instant::now(),
        call: Duration::from_secs(call_seconds),
        seen: Arc::clone(&seen),
    });
    let runner: Arc<dyn TaskRunner> = Arc::<Handlers>::clone(&handlers);
    let seed = Some(Seed([7; 32]));
    let engine = Engine::new(EngineOptions { runner, seed, ..EngineOptions::default() });
    handlers.engine.set(engine.clone()).unwrap();
    let definitions = definitions::local_machines();
    let machine = definitions.iter().find(|definition| definition.name == NAME).unwrap();
    engine.create_state_machine(NAME, machine.execution_type, &machine.machine).unwrap();

    let started: Vec<_> = (0..LEADS).map(|number| engine.start(request(number)).unwrap()).collect();
    let mut longest_history = 0;
    for execution in &started {
        let outcome = engine.wait(&execution.execution_arn).await.unwrap();
        assert_eq!(outcome.status(), "SUCCEEDED");
        let events = engine.history(&execution.execution_arn).unwrap().len();
        longest_history = longest_history.max(events);
    }

    let seen = seen.lock().unwrap();
    let leads = usize::try_from(LEADS).unwrap();
    assert_eq!((seen.rings.len(), seen.outcomes.len()), (leads, leads));
    assert!(seen.rings.values().all(|rings| *rings == 1), "an attempt rang twice");
    assert!(seen.outcomes.values().all(|outcome| outcome == "ANSWERED"), "a lead was not called");
    assert!(seen.dialed.values().all(|dialed| *dialed <= REQUESTS_PER_SECOND));

    // Nobody comes back as a herd: after the first minute a second sees what the longest delay spreads.
    let spread = f64::from(LEADS) / (f64::from(u32::try_from(TURN_DELAY_SECONDS).unwrap()) / 2.0);
    let asked = |from: u64| seen.asked.range(from..).map(|(_, asked)| *asked).max().unwrap_or(0);
    assert!(asked(1) < LEADS, "{}", asked(1));
    assert!(f64::from(asked(60)) < 8.0 * spread, "{} against {spread}", asked(60));

    // Connect is not left idle: the last leads' own delays are all that it takes beyond what it must.
    let took = seen.last_ring.as_secs();
    assert!(took < at_best + 3 * TURN_DELAY_SECONDS, "{took}");
    assert!(longest_history < 2_500, "{longest_history}");
}

#[tokio::test(start_paused = true)]
async fn a_thousand_leads_at_once_are_all_called_where_the_rate_is_what_is_short() {
    check(2, u64::from(LEADS / REQUESTS_PER_SECOND)).await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_leads_at_once_are_all_called_where_the_lines_are_what_is_short() {
    check(60, 60 * u64::from(LEADS / PLACES)).await;
}
