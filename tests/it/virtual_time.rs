//! Virtual time over a whole system: which clock, what holds it, and what the histories then say.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use atlas_asl::{model::ExecutionType, parse::parse};
use atlas_core::{Payload, Seed, TaskToken, Timestamp};
use atlas_engine::{
    Engine, EngineOptions, Observer, StartRequest, Time,
    mocks::MockConfig,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use serde_json::{Value, json};

const HOUR: i64 = 3600;

fn options() -> EngineOptions {
    EngineOptions { seed: Some(Seed([1; 32])), ..EngineOptions::default() }
}

fn create(engine: &Engine, name: &str, definition: &Value) {
    let machine = parse(&definition.to_string()).machine.unwrap();
    engine.create_state_machine(name, ExecutionType::Standard, &machine).unwrap();
}

fn request(machine: &str) -> StartRequest {
    StartRequest {
        state_machine: machine.to_owned(),
        name: None,
        input: Payload::empty(),
        case: None,
        time: Time::SkippingWaits,
    }
}

fn wait(name: &str, seconds: i64) -> Value {
    json!({"StartAt": name, "States": {name: {"Type": "Wait", "Seconds": seconds, "End": true}}})
}

fn starting(machine: &str, form: &str) -> Value {
    let arn = format!("arn:aws:states:us-east-1:000000000000:stateMachine:{machine}");
    json!({"Type": "Task", "Resource": format!("arn:aws:states:::states:startExecution{form}"),
        "Parameters": {"StateMachineArn": arn}, "End": true})
}

/// Events as they happened, of all executions: machine, type, seconds since the first.
type Seen = Arc<Mutex<Vec<(String, &'static str, Timestamp)>>>;

fn observed() -> (Seen, Observer) {
    let seen = Seen::default();
    let kept = Arc::clone(&seen);
    let observer: Observer = Arc::new(move |arn, event| {
        let machine = arn.split(':').nth(6).unwrap().to_owned();
        kept.lock().unwrap().push((machine, event.event_type(), event.timestamp));
    });
    (seen, observer)
}

#[tokio::test(start_paused = true)]
async fn three_levels_of_executions_have_one_clock_and_things_happen_in_its_order() {
    let (seen, observer) = observed();
    let engine = Engine::new(EngineOptions { observer: Some(observer), ..options() });
    create(&engine, "Leaf", &wait("LeafWait", 24 * HOUR));
    create(
        &engine,
        "Middle",
        &json!({"StartAt": "Rest", "States": {
            "Rest": {"Type": "Wait", "Seconds": HOUR, "Next": "Go"},
            "Go": starting("Leaf", ".sync:2"),
        }}),
    );
    create(
        &engine,
        "Root",
        &json!({"StartAt": "All", "States": {"All": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Go", "States": {"Go": starting("Middle", ".sync")}},
            wait("Half", 12 * HOUR),
            wait("Month", 30 * 24 * HOUR),
            {"StartAt": "Fire", "States": {"Fire": starting("Leaf", "")}},
        ]}}}),
    );
    let real_start = tokio::time::Instant::now();
    let started = engine.start(request("Root")).unwrap();
    assert_eq!(engine.wait(&started.execution_arn).await.unwrap().status(), "SUCCEEDED");
    assert_eq!(real_start.elapsed(), Duration::ZERO);
    let seen = seen.lock().unwrap();
    assert!(seen.is_sorted_by_key(|(_, _, at)| *at), "{seen:?}");
    let at = |machine: &str, name: &str| -> Vec<i64> {
        let found = seen.iter().filter(|(of, event, _)| of == machine && *event == name);
        found.map(|(_, _, at)| at.millis_since(started.started_at) / 1000).collect()
    };
    assert_eq!(at("Leaf", "ExecutionSucceeded"), [24 * HOUR, 25 * HOUR]);
    assert_eq!(at("Middle", "TaskSubmitted"), [HOUR]);
    assert_eq!(at("Middle", "ExecutionSucceeded"), [25 * HOUR]);
    assert_eq!(at("Root", "WaitStateExited"), [12 * HOUR, 30 * 24 * HOUR]);
    assert_eq!(at("Root", "TaskSucceeded"), [0, 25 * HOUR]);
    assert_eq!(at("Root", "ExecutionSucceeded"), [30 * 24 * HOUR]);
}

/// Takes the token of each callback.
#[derive(Default)]
struct Keeper(Mutex<Option<TaskToken>>);

impl TaskRunner for Keeper {
    fn run(&self, call: TaskCall) -> Answering {
        *self.0.lock().unwrap() = call.request.token;
        Box::pin(async { TaskAnswer::Answered(Payload::empty()) })
    }
}

/// A callback in one branch, a wait of a day in the other, and then one more.
fn asking() -> Value {
    json!({"StartAt": "Both", "States": {
        "Both": {"Type": "Parallel", "Next": "After", "Branches": [
            {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
                "TimeoutSeconds": 7200, "Parameters": {
                    "QueueUrl": "q", "MessageBody": {"Token.$": "$$.Task.Token"}}}}},
            wait("Day", 24 * HOUR),
        ]},
        "After": {"Type": "Wait", "Seconds": 24 * HOUR, "End": true},
    }})
}

#[tokio::test(start_paused = true)]
async fn nothing_fires_early_while_somebody_outside_may_still_call_back() {
    let keeper = Arc::new(Keeper::default());
    let runner: Arc<dyn TaskRunner> = Arc::<Keeper>::clone(&keeper);
    let engine = Engine::new(EngineOptions { runner, ..options() });
    create(&engine, "M", &asking());
    let real_start = tokio::time::Instant::now();
    let started = engine.start(request("M")).unwrap();
    tokio::time::sleep(Duration::from_secs(600)).await;
    let types = || -> Vec<_> {
        let history = engine.history(&started.execution_arn).unwrap();
        history.iter().map(atlas_core::history::HistoryEvent::event_type).collect()
    };
    assert!(!types().contains(&"WaitStateExited"), "{:?}", types());
    let token = keeper.0.lock().unwrap().clone().unwrap();
    engine.send_task_success(token.expose(), "{}").unwrap();
    // The two days that nobody can interrupt any more pass at once, counted from the start.
    let outcome = engine.outcome(&started.execution_arn).unwrap().unwrap();
    assert_eq!(outcome.status(), "SUCCEEDED");
    assert_eq!(real_start.elapsed().as_secs(), 600);
    let history = engine.history(&started.execution_arn).unwrap();
    assert!(history.is_sorted_by_key(|event| event.timestamp));
    let took = |name: &str| {
        let found = history.iter().find(|event| event.event_type() == name).unwrap();
        found.timestamp.millis_since(started.started_at) / 1000
    };
    assert_eq!(took("TaskSucceeded"), 600);
    assert_eq!(took("WaitStateExited"), 24 * HOUR);
    assert_eq!(took("ExecutionSucceeded"), 48 * HOUR);
}

#[tokio::test(start_paused = true)]
async fn a_mocked_callback_holds_nothing_whether_it_comes_or_not() {
    let file = json!({
        "StateMachines": {"M": {"TestCases": {"Comes": {"Ask": "Yes"}, "Not": {"Ask": "No"}}}},
        "MockedResponses": {
            "Yes": {"0": {"Return": {}}},
            "No": {"0": {"Throw": {"Error": "States.Timeout", "Cause": "-"}}},
        },
    });
    let mocks = MockConfig::parse(file.to_string().as_bytes()).unwrap();
    let engine = Engine::new(EngineOptions { mocks: Some(Arc::new(mocks)), ..options() });
    create(&engine, "M", &asking());
    let real_start = tokio::time::Instant::now();
    for (case, status, hours) in [("Comes", "SUCCEEDED", 48), ("Not", "FAILED", 2)] {
        let started = engine.start(request(&format!("M#{case}"))).unwrap();
        let description = engine.describe(&started.execution_arn).unwrap();
        assert_eq!(description.status(), status);
        let took = description.ended_at.unwrap().millis_since(started.started_at);
        assert_eq!(took / 1000, hours * HOUR, "{case}");
    }
    assert_eq!(real_start.elapsed(), Duration::ZERO);
}
