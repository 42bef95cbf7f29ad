//! What is told of tasks that are open, and ending them by hand.

use std::sync::{Arc, Mutex};

use atlas_core::{Failure, Payload, TaskToken};
use serde_json::{Value, json};

use super::{create, only, options, request, told, types};
use crate::{
    Engine, EngineOptions, OpenTaskKind, StartRequest, Time,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};

/// Answers calls with a token, and no other.
#[derive(Default)]
struct Service(Mutex<Option<TaskToken>>);

impl TaskRunner for Service {
    fn run(&self, call: TaskCall) -> Answering {
        if call.request.token.is_none() {
            return Box::pin(std::future::pending());
        }
        *self.0.lock().unwrap() = call.request.token;
        Box::pin(async { TaskAnswer::Answered(Payload::empty()) })
    }
}

async fn started(state: Value) -> (Engine, Arc<Service>, Arc<str>) {
    let service = Arc::new(Service::default());
    let runner: Arc<dyn TaskRunner> = Arc::<Service>::clone(&service);
    let engine = Engine::new(EngineOptions { runner, ..options() });
    engine.create_activity("a").unwrap();
    create(&engine, "M", &only(state));
    let started = engine.start(StartRequest { time: Time::Real, ..request("M") }).unwrap();
    // The call is answered.
    tokio::task::yield_now().await;
    (engine, service, started.execution_arn)
}

fn callback() -> Value {
    json!({"Type": "Task", "End": true, "TimeoutSeconds": 600, "HeartbeatSeconds": 60,
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"Token.$": "$$.Task.Token"},
        "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 1}]})
}

fn activity() -> Value {
    json!({"Type": "Task", "End": true,
        "Resource": "arn:aws:states:us-east-1:000000000000:activity:a"})
}

#[tokio::test(start_paused = true)]
async fn an_open_task_tells_who_ends_it_and_until_when() {
    let (engine, _, arn) = started(callback()).await;
    let open = engine.open_tasks(&arn).unwrap();
    let [task] = &open[..] else { panic!("{open:?}") };
    assert_eq!((task.event, task.entered, &*task.state), (Some(3), 2, "Only"));
    assert_eq!((task.kind, task.attempt, task.is_taken), (OpenTaskKind::Callback, 1, true));
    assert_eq!(task.deadline, Some(task.since.plus_millis(600_000)));
    assert_eq!(task.heartbeat_by, Some(task.since.plus_millis(60_000)));
    let shown = format!("{open:?}");
    let token = engine.history(&arn).unwrap();
    assert_eq!(types(&token)[2], "TaskScheduled");
    assert!(!shown.contains("Token("), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn an_operator_ends_a_task_without_its_token() {
    let (engine, service, arn) = started(callback()).await;
    let busy = Failure { error: Some("Busy".to_owned()), cause: Some("try again".to_owned()) };
    engine.end_task(&arn, 3, Err(busy)).unwrap();
    assert_eq!(engine.open_tasks(&arn).unwrap().len(), 0, "it waits for its retry");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let again = engine.open_tasks(&arn).unwrap().remove(0);
    assert_eq!((again.attempt, again.entered), (2, 2));
    let event = again.event.unwrap();
    assert!(event > 3, "{event}");
    // What was ended is not ended again, and the task of another event is none.
    for wrong in [3, event + 1, 0] {
        let refused = engine.end_task(&arn, wrong, Ok("1")).unwrap_err();
        assert_eq!(refused.exception(), Some("TaskTimedOut"), "{wrong}");
    }
    let refused = engine.end_task(&arn, event, Ok("{")).unwrap_err();
    assert_eq!(refused.exception(), Some("InvalidOutput"));
    engine.end_task(&arn, event, Ok(r#"{"by": "hand"}"#)).unwrap();
    assert_eq!(told(&engine.wait(&arn).await.unwrap()), r#"{"by": "hand"}"#);
    let token = service.0.lock().unwrap().clone().unwrap();
    let late = engine.send_task_success(token.expose(), "2").unwrap_err();
    assert_eq!(late.exception(), Some("TaskTimedOut"));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_no_worker_has_taken_is_taken_before_it_is_ended() {
    let (engine, _, arn) = started(activity()).await;
    let open = engine.open_tasks(&arn).unwrap().remove(0);
    assert_eq!((open.kind, open.is_taken, open.event), (OpenTaskKind::Activity, false, Some(3)));
    engine.end_task(&arn, 3, Ok("1")).unwrap();
    let history = engine.history(&arn).unwrap();
    assert_eq!(
        types(&history)[2..6],
        ["ActivityScheduled", "ActivityStarted", "ActivitySucceeded", "TaskStateExited"]
    );
    let activity = "arn:aws:states:us-east-1:000000000000:activity:a";
    let offered = engine.get_activity_task(activity, None).await.unwrap();
    assert!(offered.is_none(), "a worker is offered what has ended");
}

#[tokio::test(start_paused = true)]
async fn what_only_a_service_can_end_is_not_ended_by_hand() {
    let call = json!({"Type": "Task", "End": true, "Resource": "arn:aws:states:::sqs:sendMessage",
        "Parameters": {"QueueUrl": "q", "MessageBody": "m"}});
    let (engine, _, arn) = started(call).await;
    let open = engine.open_tasks(&arn).unwrap().remove(0);
    assert_eq!(open.kind, OpenTaskKind::Call);
    let refused = engine.end_task(&arn, open.event.unwrap(), Ok("1")).unwrap_err();
    assert_eq!(refused.exception(), Some("ValidationException"));
    assert!(refused.to_string().contains("cannot be ended by hand"), "{refused}");
    let unknown = engine.open_tasks("arn:x").unwrap_err();
    assert_eq!(unknown.exception(), Some("ExecutionDoesNotExist"));
}
