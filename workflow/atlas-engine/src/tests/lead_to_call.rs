//! The lead-to-call pair under each of its mock cases: how both machines end, and with which outcome.

use std::sync::Arc;

use atlas_asl::parse::parse;
use atlas_core::Payload;
use serde_json::{Value, json};

use super::{options, request};
use crate::{Description, Engine, EngineOptions, StartRequest, mocks::MockConfig};

fn engine() -> Engine {
    let mocks = MockConfig::parse(definitions::MOCKS.as_bytes()).unwrap();
    let engine = Engine::new(EngineOptions { mocks: Some(Arc::new(mocks)), ..options() });
    for local in definitions::local_machines() {
        engine.create_state_machine(local.name, local.execution_type, &local.machine).unwrap();
    }
    engine
}

async fn check(case: &str, express: &str, standard: &str) {
    let engine = engine();
    let started = engine
        .start(StartRequest {
            case: Some(case.to_owned()),
            input: Payload::parse(definitions::sample_lead(case)).unwrap(),
            ..request(definitions::lead_to_call::NAME)
        })
        .unwrap();
    engine.wait(&started.execution_arn).await.unwrap();
    let shown = |machine: &str| {
        let all = engine.executions();
        let found = all.iter().find(|one| &*one.state_machine_name == machine);
        found.map_or("not started".to_owned(), ended)
    };
    assert_eq!(shown(definitions::lead_to_call::NAME), express, "{case}");
    assert_eq!(shown(definitions::call::NAME), standard, "{case}");
}

fn ended(one: &Description) -> String {
    let failure = one.outcome.as_ref().and_then(|outcome| outcome.failure());
    match failure.and_then(|failure| failure.error.as_deref()) {
        Some(error) => format!("{} {error}", one.status()),
        None => one.status().to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn each_mock_case_ends_as_the_contract_says() {
    for (case, express, standard) in [
        ("HappyPath", "SUCCEEDED", "SUCCEEDED"),
        ("ModelOutage", "SUCCEEDED", "SUCCEEDED"),
        ("SalesforceDownThenUp", "SUCCEEDED", "SUCCEEDED"),
        ("LeadRejected", "FAILED LeadParked", "not started"),
        ("CallRefused", "SUCCEEDED", "SUCCEEDED"),
        ("BusyThenAnswered", "SUCCEEDED", "SUCCEEDED"),
        ("NoCallback", "SUCCEEDED", "SUCCEEDED"),
        ("DuplicateStart", "SUCCEEDED", "not started"),
        ("OutcomeNotReportable", "SUCCEEDED", "FAILED OutcomeParked"),
    ] {
        check(case, express, standard).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_started_is_told_by_the_arn_of_its_execution_whatever_names_the_machine() {
    const MACHINE: &str =
        "arn:aws:states:us-east-1:000000000000:stateMachine:AtlasEngineCallWorkflow";
    let [lead_to_call, _] = &definitions::local_machines()[..] else { panic!("two machines") };
    for version in ["", ":3", ":live"] {
        let mocks = MockConfig::parse(definitions::MOCKS.as_bytes()).unwrap();
        let engine = Engine::new(EngineOptions { mocks: Some(Arc::new(mocks)), ..options() });
        let text = lead_to_call.text.replace(MACHINE, &format!("{MACHINE}{version}"));
        let machine = parse(&text).machine.unwrap();
        engine
            .create_state_machine(lead_to_call.name, lead_to_call.execution_type, &machine)
            .unwrap();
        let started = engine
            .start(StartRequest {
                case: Some("DuplicateStart".to_owned()),
                input: Payload::parse(definitions::sample_lead("DuplicateStart")).unwrap(),
                ..request(lead_to_call.name)
            })
            .unwrap();
        let outcome = engine.outcome(&started.execution_arn).unwrap().unwrap();
        let report: Value = serde_json::from_str(&super::told(&outcome)).unwrap();
        let execution = MACHINE.replace(":stateMachine:", ":execution:");
        let key = report["interactionKey"].as_str().unwrap();
        assert_eq!(report["callExecutionArn"], format!("{execution}:call-{key}"), "{version}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_never_comes_runs_out_after_its_two_hours() {
    let engine = engine();
    engine
        .start(StartRequest {
            case: Some("NoCallback".to_owned()),
            input: Payload::parse(definitions::sample_lead("NoCallback")).unwrap(),
            ..request(definitions::lead_to_call::NAME)
        })
        .unwrap();
    let all = engine.executions();
    let call = all.iter().find(|one| &*one.state_machine_name == definitions::call::NAME).unwrap();
    let history = engine.history(&call.execution_arn).unwrap();
    let at = |name: &str| {
        let found = history.iter().find(|event| event.event_type() == name).unwrap();
        found.timestamp.millis_since(call.started_at) / 1000
    };
    assert_eq!((at("TaskSubmitted"), at("TaskTimedOut")), (0, 7200));
    assert_eq!(at("ExecutionSucceeded"), 7200);
}

#[tokio::test(start_paused = true)]
async fn the_same_lead_twice_makes_one_call() {
    let engine = engine();
    let start = |name: &str| {
        engine
            .start(StartRequest {
                name: Some(name.to_owned()),
                case: Some("HappyPath".to_owned()),
                input: Payload::parse(definitions::SAMPLE_LEAD).unwrap(),
                ..request(definitions::lead_to_call::NAME)
            })
            .unwrap()
    };
    let outputs = [start("first"), start("second")].map(|started| {
        let outcome = engine.outcome(&started.execution_arn).unwrap().unwrap();
        assert_eq!(outcome.status(), "SUCCEEDED", "{}", super::told(&outcome));
        serde_json::from_str::<Value>(&super::told(&outcome)).unwrap()
    });
    assert_ne!(outputs[0], json!(null));
    assert_eq!(engine.executions().len(), 3);
}
