//! Starting: names, idempotency, inputs, cases; and stopping.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;
use atlas_core::Payload;
use serde_json::json;

use super::{create, create_as, only, options, request, told, types};
use crate::{Engine, StartRequest, Time};

fn waiting() -> serde_json::Value {
    only(json!({"Type": "Wait", "Seconds": 3600, "End": true}))
}

#[tokio::test(start_paused = true)]
async fn a_standard_name_is_answered_with_while_it_runs_on_the_same_input_and_refused_otherwise() {
    let engine = Engine::new(options());
    create(&engine, "M", &waiting());
    let real = StartRequest { time: Time::Real, ..request("M") };
    let first = engine.start(real.clone()).unwrap();
    assert_eq!(&*first.execution_arn, "arn:aws:states:us-east-1:000000000000:execution:M:e");
    let again = engine.start(real.clone()).unwrap();
    assert_eq!(again.execution_arn, first.execution_arn);
    assert_eq!(again.started_at, first.started_at);
    let other_input = StartRequest { input: Payload::from(json!(1)), ..real.clone() };
    let error = engine.start(other_input).unwrap_err();
    assert_eq!(error.exception(), Some("ExecutionAlreadyExists"));
    assert_eq!(
        error.to_string(),
        "Execution Already Exists: 'arn:aws:states:us-east-1:000000000000:execution:M:e'"
    );
    engine.stop(&first.execution_arn, Some("Operator".into()), None).unwrap();
    assert_eq!(told(&engine.wait(&first.execution_arn).await.unwrap()), "ABORTED Operator: -");
    let error = engine.start(real).unwrap_err();
    assert_eq!(error.exception(), Some("ExecutionAlreadyExists"));
    assert_eq!(
        types(&engine.history(&first.execution_arn).unwrap()),
        ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]
    );
}

#[tokio::test(start_paused = true)]
async fn an_express_name_may_be_used_again() {
    let engine = Engine::new(options());
    create_as(&engine, "M", ExecutionType::Express, &only(json!({"Type": "Succeed"})));
    let first = engine.start(request("M")).unwrap();
    let second = engine.start(request("M")).unwrap();
    assert_ne!(first.execution_arn, second.execution_arn);
    assert!(first.execution_arn.starts_with("arn:aws:states:us-east-1:000000000000:express:M:e:"));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_started_is_refused_by_the_name_that_aws_gives_it() {
    let engine = Engine::new(options());
    create(&engine, "M", &only(json!({"Type": "Succeed"})));
    let long = Payload::from(json!("x".repeat(262_143)));
    let named = |name: &str| StartRequest { name: Some(name.to_owned()), ..request("M") };
    for (request, exception) in [
        (request("N"), "StateMachineDoesNotExist"),
        (named("a b"), "InvalidName"),
        (named(""), "InvalidName"),
        (StartRequest { input: long, ..request("M") }, "InvalidExecutionInput"),
        (request("M#Case"), "ValidationException"),
    ] {
        let error = engine.start(request.clone()).unwrap_err();
        assert_eq!(error.exception(), Some(exception), "{request:?}");
    }
    let unnamed = StartRequest { name: None, ..request("M") };
    assert!(engine.start(unnamed).unwrap().execution_arn.len() > 36);
    assert_eq!(engine.executions().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn every_event_is_seen_once_and_in_order() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let observer: crate::Observer = Arc::new(move |arn, event| {
        sender.send((arn.clone(), event.id)).unwrap();
    });
    let engine = Engine::new(crate::EngineOptions { observer: Some(observer), ..options() });
    create(&engine, "M", &waiting());
    let started = engine.start(request("M")).unwrap();
    let seen: Vec<_> = receiver.try_iter().collect();
    let ids: Vec<u32> = seen.iter().map(|(_, id)| *id).collect();
    assert_eq!(ids, [1, 2, 3, 4]);
    assert!(seen.iter().all(|(arn, _)| *arn == started.execution_arn));
}
