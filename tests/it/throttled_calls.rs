//! A lead whose call Lambda turns away, since as many run at once as may: nobody was called, so it waits for
//! its turn as long as one whom Connect turns away, and is called.

use std::sync::Arc;

use atlas_core::{Outcome, Seed};
use atlas_engine::{Engine, EngineOptions, StartRequest, Time, mocks::MockConfig};
use definitions::call::NAME;
use serde_json::json;

use crate::paced_calls::request;

async fn check(throttled: &str, then: &str, turned_away: usize) {
    let throw = |error: &str| json!({"Throw": {"Error": error, "Cause": "Rate Exceeded."}});
    let outcome = json!({"contactId": "c", "outcome": "ANSWERED", "disconnectReason": null,
        "connectedAt": null, "endedAt": null, "talkSeconds": null});
    let reported = json!({"StatusCode": 200, "Payload": {"leadId": "00Q1", "status": "Contacted"}});
    let mocks = json!({
        "StateMachines": { NAME: { "TestCases": { "Throttled": {
            "InvokeOutboundCall": "TurnedAway", "UpdateLead": "Reported",
        } } } },
        "MockedResponses": {
            "TurnedAway": {
                throttled: throw("Lambda.TooManyRequestsException"),
                then: {"Return": outcome},
            },
            "Reported": {"0": {"Return": reported}},
        },
    });
    let mocks = Some(Arc::new(MockConfig::parse(mocks.to_string().as_bytes()).unwrap()));
    let seed = Some(Seed([7; 32]));
    let engine = Engine::new(EngineOptions { mocks, seed, ..EngineOptions::default() });
    let definitions = definitions::local_machines();
    let machine = definitions.iter().find(|definition| definition.name == NAME).unwrap();
    engine.create_state_machine(NAME, machine.execution_type, &machine.machine).unwrap();

    let case = Some("Throttled".to_owned());
    let started =
        engine.start(StartRequest { case, time: Time::SkippingWaits, ..request(1) }).unwrap();
    let Outcome::Succeeded { output } = engine.wait(&started.execution_arn).await.unwrap() else {
        panic!("a call that was turned away ends as one that was not");
    };
    let output = output.value();
    assert_eq!((&output["outcome"], &output["attempts"]), (&json!("ANSWERED"), &json!(1)));
    let history = engine.history(&started.execution_arn).unwrap();
    let failed = history.iter().filter(|event| event.event_type() == "TaskFailed").count();
    assert_eq!(failed, turned_away);
}

#[tokio::test(start_paused = true)]
async fn a_lead_is_called_after_ten_throttlings_by_lambda() {
    check("0-9", "10", 10).await;
}

#[tokio::test(start_paused = true)]
async fn a_lead_is_called_after_hours_of_throttlings_by_lambda() {
    check("0-399", "400", 400).await;
}
