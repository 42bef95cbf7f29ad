//! Time that is skipped: what takes none, what holds it, and what a history then says.

use std::{sync::Arc, time::Duration};

use atlas_asl::model::ExecutionType;
use atlas_core::{TaskRequest, Timestamp, history::HistoryEvent};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{Echo, create, create_as, only, options, request, start, told, types, with_mocks};
use crate::{
    Engine, EngineOptions, StartRequest, Time,
    cell::Cell,
    clock::Clock,
    run::{Due, Pace, Run},
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn span(history: &[HistoryEvent]) -> i64 {
    history[history.len() - 1].timestamp.millis_since(history[0].timestamp)
}

#[tokio::test(start_paused = true)]
async fn thirty_days_and_ten_retries_pass_at_once_and_stand_in_the_history() {
    let thrown = json!({"Throw": {"Error": "Busy", "Cause": "-"}});
    let engine = Engine::new(with_mocks(json!({
        "StateMachines": {"M": {"TestCases": {"C": {"Try": "R"}}}},
        "MockedResponses": {"R": {"0-9": thrown, "10": {"Return": "done"}}},
    })));
    create(
        &engine,
        "M",
        &json!({"StartAt": "Sleep", "States": {
            "Sleep": {"Type": "Wait", "Seconds": 2_592_000, "Next": "Try"},
            "Try": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
                "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "BackoffRate": 2,
                    "MaxAttempts": 10}]},
        }}),
    );
    let started = start(&engine, "M#C");
    let outcome = engine.outcome(&started.execution_arn).unwrap().unwrap();
    assert_eq!(told(&outcome), r#""done""#);
    let history = engine.history(&started.execution_arn).unwrap();
    assert_eq!(span(&history), 30 * DAY + 1023 * 1000);
    let starts = types(&history).iter().filter(|name| **name == "TaskStarted").count();
    assert_eq!(starts, 11);
}

#[tokio::test(start_paused = true)]
async fn four_hundred_days_end_after_the_year_that_an_execution_may_take() {
    let engine = Engine::new(options());
    create(&engine, "M", &only(json!({"Type": "Wait", "Seconds": 34_560_000, "End": true})));
    let started = start(&engine, "M");
    let outcome = engine.outcome(&started.execution_arn).unwrap().unwrap();
    assert_eq!(outcome.status(), "TIMED_OUT");
    let history = engine.history(&started.execution_arn).unwrap();
    assert_eq!(span(&history), 365 * DAY);
    assert_eq!(types(&history).last(), Some(&"ExecutionTimedOut"));
}

#[tokio::test(start_paused = true)]
async fn branches_go_on_in_the_order_of_their_deadlines() {
    let engine = Engine::new(options());
    let branch = |seconds: u64| {
        let name = format!("W{seconds}");
        json!({"StartAt": name, "States": {name: {"Type": "Wait", "Seconds": seconds, "End": true}}})
    };
    let seconds = [50, 10, 40, 20, 30, 10_000, 1];
    let branches: Vec<Value> = seconds.into_iter().map(branch).collect();
    create(&engine, "M", &only(json!({"Type": "Parallel", "Branches": branches, "End": true})));
    let started = start(&engine, "M");
    let history = engine.history(&started.execution_arn).unwrap();
    let exits: Vec<i64> = history
        .iter()
        .filter(|event| event.event_type() == "WaitStateExited")
        .map(|event| event.timestamp.millis_since(started.started_at))
        .collect();
    assert_eq!(exits, [1000, 10_000, 20_000, 30_000, 40_000, 50_000, 10_000_000]);
}

#[tokio::test(start_paused = true)]
async fn nested_executions_share_the_clock_of_their_parent() {
    let engine = Engine::new(options());
    create(&engine, "Child", &only(json!({"Type": "Wait", "Seconds": 100, "End": true})));
    let child = engine.state_machine("Child").unwrap().arn.to_string();
    create(
        &engine,
        "Parent",
        &json!({"StartAt": "Start", "States": {
            "Start": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
                "Parameters": {"StateMachineArn": child, "Name": "c"}, "Next": "Sleep"},
            "Sleep": {"Type": "Wait", "Seconds": 250, "End": true},
        }}),
    );
    let parent = start(&engine, "Parent");
    let all = engine.executions();
    let ends: Vec<(&str, i64)> = all
        .iter()
        .map(|one| (&*one.name, one.ended_at.unwrap().millis_since(parent.started_at)))
        .collect();
    assert_eq!(ends.len(), 2);
    assert!(ends.contains(&("c", 100_000)));
    assert!(ends.contains(&("e", 250_000)));
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_somebody_may_send_holds_the_time_and_a_timeout_ends_it() {
    let engine = Engine::new(EngineOptions { runner: Arc::new(Echo), ..options() });
    let definition = only(json!({"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "TimeoutSeconds": 60, "End": true,
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"Token.$": "$$.Task.Token"}}}},
        {"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 30, "End": true}}},
    ]}));
    create(&engine, "M", &definition);
    let real_start = tokio::time::Instant::now();
    let started = start(&engine, "M");
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    assert_eq!(told(&outcome), "FAILED States.Timeout: -");
    // Nobody sent it, so the minute really passed.
    assert_eq!(real_start.elapsed().as_secs(), 60);
    assert_eq!(span(&engine.history(&started.execution_arn).unwrap()) / 1000, 60);
}

#[tokio::test(start_paused = true)]
async fn a_call_in_flight_holds_the_time() {
    struct Slow;
    impl TaskRunner for Slow {
        fn run(&self, call: TaskCall) -> Answering {
            Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(5)).await;
                TaskAnswer::Answered(call.request.parameters)
            })
        }
    }
    let engine = Engine::new(EngineOptions { runner: Arc::new(Slow), ..options() });
    create(
        &engine,
        "M",
        &json!({"StartAt": "Call", "States": {
            "Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "TimeoutSeconds": 10, "Next": "Sleep"},
            "Sleep": {"Type": "Wait", "Seconds": 1000, "End": true},
        }}),
    );
    let real_start = tokio::time::Instant::now();
    let started = start(&engine, "M");
    assert_eq!(told(&engine.wait(&started.execution_arn).await.unwrap()), "{}");
    assert_eq!(real_start.elapsed().as_secs(), 5);
    assert_eq!(span(&engine.history(&started.execution_arn).unwrap()) / 1000, 1005);
}

#[tokio::test(start_paused = true)]
async fn to_wait_for_a_turn_takes_no_time_that_is_skipped_and_all_that_is_real() {
    struct OneAtATime(Arc<Semaphore>);
    impl TaskRunner for OneAtATime {
        fn run(&self, call: TaskCall) -> Answering {
            Box::pin(async move {
                tokio::time::sleep(Duration::from_secs(5)).await;
                TaskAnswer::Answered(call.request.parameters)
            })
        }

        fn turns(&self, _request: &TaskRequest) -> Option<Arc<Semaphore>> {
            Some(Arc::clone(&self.0))
        }
    }
    for (time, last) in
        [(Time::SkippingWaits, "SUCCEEDED after 5 s"), (Time::Real, "FAILED after 6 s")]
    {
        let runner = Arc::new(OneAtATime(Arc::new(Semaphore::new(1))));
        let engine = Engine::new(EngineOptions { runner, ..options() });
        let call = json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
            "TimeoutSeconds": 6, "End": true});
        create(&engine, "M", &only(call));
        let real_start = tokio::time::Instant::now();
        let mut ended = Vec::new();
        for name in ["a", "b", "c"] {
            let name = Some(name.to_owned());
            let started = engine.start(StartRequest { name, time, ..request("M") }).unwrap();
            ended.push(started.execution_arn);
        }
        let mut told = Vec::new();
        for execution in ended {
            let outcome = engine.wait(&execution).await.unwrap();
            let seconds = span(&engine.history(&execution).unwrap()) / 1000;
            told.push(format!("{} after {seconds} s", outcome.status()));
        }
        assert_eq!(told, ["SUCCEEDED after 5 s", last, last]);
        let real = if time == Time::Real { 6 } else { 15 };
        assert_eq!(real_start.elapsed().as_secs(), real);
    }
}

#[tokio::test(start_paused = true)]
async fn in_real_time_a_wait_takes_its_time() {
    let engine = Engine::new(options());
    create_as(
        &engine,
        "M",
        ExecutionType::Express,
        &only(json!({"Type": "Wait", "Seconds": 90, "End": true})),
    );
    let real_start = tokio::time::Instant::now();
    let started = engine.start(StartRequest { time: Time::Real, ..request("M") }).unwrap();
    engine.wait(&started.execution_arn).await.unwrap();
    assert_eq!(real_start.elapsed().as_secs(), 90);
}

#[tokio::test(start_paused = true)]
async fn an_express_execution_ends_after_five_minutes_at_most() {
    for (timeout, waits, status, seconds) in [
        (None, 301, "TIMED_OUT", 300),
        (Some(600), 3600, "TIMED_OUT", 300),
        (Some(60), 3600, "TIMED_OUT", 60),
        (None, 299, "SUCCEEDED", 299),
    ] {
        for time in [Time::Real, Time::SkippingWaits] {
            let engine = Engine::new(options());
            let mut machine = only(json!({"Type": "Wait", "Seconds": waits, "End": true}));
            if let Some(timeout) = timeout {
                machine["TimeoutSeconds"] = json!(timeout);
            }
            create_as(&engine, "M", ExecutionType::Express, &machine);
            let started = engine.start(StartRequest { time, ..request("M") }).unwrap();
            let outcome = engine.wait(&started.execution_arn).await.unwrap();
            assert_eq!(outcome.status(), status, "{timeout:?} {waits}");
            let history = engine.history(&started.execution_arn).unwrap();
            assert_eq!(span(&history) / 1000, seconds, "{timeout:?} {waits}");
        }
    }
}

#[test]
fn timers_come_due_in_the_order_of_their_deadlines_then_of_their_age() {
    let run = Run::new(Clock::starting(Timestamp::from_millis(0), None), Pace::Skipping);
    let mut state = 12345_u64;
    let mut expected = Vec::new();
    for index in 0..1000_u32 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = i64::try_from(state >> 54).unwrap();
        let timer = atlas_core::TimerId(index);
        let key =
            run.start_timer(Timestamp::from_millis(at), std::sync::Weak::<Cell>::new(), timer);
        if index % 7 == 0 {
            run.cancel_timer(key);
        } else {
            expected.push((at, index));
        }
    }
    expected.sort_unstable();
    let mut fired = Vec::new();
    while let Some(Due::Timer(_, timer)) = run.take_due() {
        fired.push((run.clock.now().as_millis(), timer.0));
        run.leave();
    }
    assert_eq!(fired, expected);
}

#[tokio::test]
async fn timers_and_rests_that_passed_meanwhile_are_over_in_their_order_once_all_are_there() {
    let clock = Clock::starting(Timestamp::from_millis(100), None);
    let run = Run::new(clock, Pace::Real);
    run.hold_back();
    let timer = |at: i64| {
        let at = Timestamp::from_millis(at);
        run.start_timer(at, std::sync::Weak::<Cell>::new(), atlas_core::TimerId(0))
    };
    timer(30);
    run.rest_all([(Timestamp::from_millis(40), 4), (Timestamp::from_millis(20), 2)]);
    timer(10);
    run.rest(Timestamp::from_millis(120), 12);
    run.rest(Timestamp::from_millis(35), 3);
    run.is_back(Timestamp::from_millis(35), 3);
    assert!(run.take_due().is_none());
    run.let_go_on();
    let mut over = Vec::new();
    while let Some(due) = run.take_due() {
        over.push(match due {
            Due::Timer(..) => "timer".to_owned(),
            Due::Rested(number) => number.to_string(),
        });
    }
    assert_eq!(over, ["timer", "2", "timer", "4"]);
}
