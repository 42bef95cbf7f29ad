//! What the whole engine does: each test drives it by its public functions, and waits for no clock.

mod callbacks;

mod counting;

mod listing;

mod open_tasks;

mod changes;

mod duplicates;

mod journal;

mod lead_to_call;

mod limits;

mod machines;

mod map_runs;

mod mocked;

mod nested;

mod starting;
mod trial;

mod virtual_time;

mod waiting;

use std::sync::Arc;

use atlas_asl::{model::ExecutionType, parse};
use atlas_core::{Event, Identity, Outcome, Payload, Seed, history::HistoryEvent};
use serde_json::{Value, json};

use crate::{
    Engine, EngineOptions, Returning, StartRequest, Started, Time,
    mocks::MockConfig,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};

/// An engine that draws the same numbers each time.
pub(super) fn options() -> EngineOptions {
    EngineOptions { seed: Some(Seed([1; 32])), ..EngineOptions::default() }
}

pub(super) fn with_mocks(file: Value) -> EngineOptions {
    let mocks = MockConfig::parse(file.to_string().as_bytes()).unwrap();
    EngineOptions { mocks: Some(Arc::new(mocks)), ..options() }
}

pub(super) fn create(engine: &Engine, name: &str, definition: &Value) {
    create_as(engine, name, ExecutionType::Standard, definition);
}

pub(super) fn create_as(engine: &Engine, name: &str, kind: ExecutionType, definition: &Value) {
    let parsed = parse::parse(&definition.to_string());
    assert_eq!(parsed.diagnostics, [], "{name}");
    engine.create_state_machine(name, kind, &parsed.machine.unwrap()).unwrap();
}

pub(super) fn request(machine: &str) -> StartRequest {
    StartRequest {
        state_machine: machine.to_owned(),
        name: Some("e".to_owned()),
        input: Payload::empty(),
        case: None,
        time: Time::SkippingWaits,
    }
}

pub(super) fn start(engine: &Engine, machine: &str) -> Started {
    engine.start(request(machine)).unwrap()
}

/// An execution that comes back and skips its waits.
pub(super) fn returning(
    identity: &Arc<Identity>,
    events: Vec<Event>,
    case: Option<&str>,
) -> Returning {
    let case = case.map(str::to_owned);
    Returning { case, time: Time::SkippingWaits, ..Returning::new(Arc::clone(identity), events) }
}

/// The outcome in one line: the output, or the error and its cause.
pub(super) fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Succeeded { output } => output.text().to_owned(),
        Outcome::Failed(failure) | Outcome::TimedOut(failure) | Outcome::Aborted(failure) => {
            let status = outcome.status();
            let error = failure.error.as_deref().unwrap_or("-");
            let cause = failure.cause.as_deref().unwrap_or("-");
            format!("{status} {error}: {cause}")
        }
    }
}

pub(super) fn types(history: &[HistoryEvent]) -> Vec<&'static str> {
    history.iter().map(HistoryEvent::event_type).collect()
}

pub(super) fn task(resource: &str) -> Value {
    json!({"Type": "Task", "Resource": format!("arn:aws:states:::{resource}"), "End": true})
}

/// A machine of one state.
pub(super) fn only(state: Value) -> Value {
    json!({"StartAt": "Only", "States": {"Only": state}})
}

/// Answers each call with its parameters.
pub(super) struct Echo;

impl TaskRunner for Echo {
    fn run(&self, call: TaskCall) -> Answering {
        Box::pin(async move { TaskAnswer::Answered(call.request.parameters) })
    }
}
