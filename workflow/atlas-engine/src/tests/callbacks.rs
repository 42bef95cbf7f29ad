//! Tokens and activities: who may end a task from outside, and what a late one is told.

use std::sync::{Arc, Mutex};

use atlas_core::TaskToken;
use serde_json::json;

use super::{create, only, options, request, told};
use crate::{
    Engine, EngineOptions, StartRequest, Started, Time,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};

/// Keeps the token of the last call.
#[derive(Default)]
struct Keeper(Mutex<Option<TaskToken>>);

impl TaskRunner for Keeper {
    fn run(&self, call: TaskCall) -> Answering {
        *self.0.lock().unwrap() = call.request.token;
        Box::pin(async { TaskAnswer::Answered(atlas_core::Payload::empty()) })
    }
}

fn waiting(time: Time) -> (Engine, Started, String) {
    let keeper = Arc::new(Keeper::default());
    let runner: Arc<dyn TaskRunner> = Arc::<Keeper>::clone(&keeper);
    let engine = Engine::new(EngineOptions { runner, ..options() });
    create(
        &engine,
        "M",
        &only(json!({"Type": "Task", "End": true, "HeartbeatSeconds": 60,
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"Token.$": "$$.Task.Token"}})),
    );
    let started = engine.start(StartRequest { time, ..request("M") }).unwrap();
    let token = keeper.0.lock().unwrap().clone().unwrap();
    (engine, started, token.expose().to_owned())
}

#[tokio::test(start_paused = true)]
async fn whoever_has_the_token_ends_the_task_once() {
    for time in [Time::Real, Time::SkippingWaits] {
        let (engine, started, token) = waiting(time);
        assert_eq!(
            engine.send_task_success("no token", "{}").unwrap_err().exception(),
            Some("InvalidToken")
        );
        assert_eq!(
            engine.send_task_success(&token, "{").unwrap_err().exception(),
            Some("InvalidOutput")
        );
        engine.send_task_success(&token, r#"{"talked":  9}"#).unwrap();
        assert_eq!(told(&engine.wait(&started.execution_arn).await.unwrap()), r#"{"talked":  9}"#);
        let late = engine.send_task_failure(&token, None, None).unwrap_err();
        assert_eq!(late.exception(), Some("TaskTimedOut"));
        // The call that handed the token over ends as well.
        tokio::task::yield_now().await;
        engine.forget(&started.execution_arn).unwrap();
        let lost = engine.send_task_heartbeat(&token).unwrap_err();
        assert_eq!(lost.exception(), Some("TaskDoesNotExist"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_may_have_neither_error_nor_cause() {
    let (engine, started, token) = waiting(Time::Real);
    engine.send_task_failure(&token, None, None).unwrap();
    assert_eq!(told(&engine.wait(&started.execution_arn).await.unwrap()), "FAILED -: -");
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_keeps_a_task_alive_and_its_absence_ends_it() {
    let (engine, started, token) = waiting(Time::Real);
    for _ in 0..3 {
        tokio::time::advance(std::time::Duration::from_secs(50)).await;
        engine.send_task_heartbeat(&token).unwrap();
    }
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    assert_eq!(told(&outcome), "FAILED States.Timeout: -");
    let ended_at = engine.describe(&started.execution_arn).unwrap().ended_at.unwrap();
    assert_eq!(ended_at.millis_since(started.started_at) / 1000, 210);
}

#[tokio::test(start_paused = true)]
async fn a_worker_takes_the_task_of_an_activity() {
    let engine = Engine::new(options());
    let arn = engine.create_activity("a").unwrap().arn;
    create(&engine, "M", &only(json!({"Type": "Task", "Resource": &*arn, "End": true})));
    let taken = tokio::spawn({
        let (engine, arn) = (engine.clone(), Arc::clone(&arn));
        async move { engine.get_activity_task(&arn, Some("w".into())).await }
    });
    tokio::task::yield_now().await;
    let started = engine.start(request("M")).unwrap();
    let task = taken.await.unwrap().unwrap().unwrap();
    assert_eq!(task.input.text(), "{}");
    engine.send_task_success(task.token.expose(), "1").unwrap();
    assert_eq!(told(&engine.wait(&started.execution_arn).await.unwrap()), "1");
    assert!(engine.get_activity_task(&arn, None).await.unwrap().is_none());
    let unknown = engine.get_activity_task("arn:x", None).await.unwrap_err();
    assert_eq!(unknown.exception(), Some("ActivityDoesNotExist"));
}

#[tokio::test]
async fn the_task_of_an_activity_that_is_gone_fails_whatever_is_caught() {
    let engine = Engine::new(options());
    let arn = engine.create_activity("a").unwrap().arn;
    assert_eq!(engine.activities().len(), 1);
    engine.delete_activity(&arn).unwrap();
    let caught = json!([{"ErrorEquals": ["States.ALL"], "Next": "Only"}]);
    let task = json!({"Type": "Task", "Resource": &*arn, "End": true, "Catch": caught});
    create(&engine, "M", &only(task));
    let started = engine.start(request("M")).unwrap();
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    assert!(told(&outcome).starts_with("FAILED States.Runtime: "), "{}", told(&outcome));
}
