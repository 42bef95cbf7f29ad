//! Mocked tasks: what they answer, and which events a history then has.

use serde_json::{Value, json};

use super::{create, only, start, task, told, types, with_mocks};
use crate::{Engine, StartRequest, Time};

async fn check(state: Value, entries: Value) -> (Vec<&'static str>, String) {
    let engine = Engine::new(with_mocks(json!({
        "StateMachines": {"M": {"TestCases": {"C": {"Only": "R"}}}},
        "MockedResponses": {"R": entries},
    })));
    create(&engine, "M", &only(state));
    let started = start(&engine, "M#C");
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    (types(&engine.history(&started.execution_arn).unwrap()), told(&outcome))
}

#[tokio::test(start_paused = true)]
async fn a_mocked_task_results_in_what_the_file_says_raw() {
    for value in [json!(null), json!(false), json!(0), json!(""), json!({"Payload": {"a": 1}})] {
        let (events, output) = check(task("lambda:invoke"), json!({"0": {"Return": value}})).await;
        assert_eq!(output, value.to_string());
        assert_eq!(
            events,
            [
                "ExecutionStarted",
                "TaskStateEntered",
                "TaskScheduled",
                "TaskStarted",
                "TaskSucceeded",
                "TaskStateExited",
                "ExecutionSucceeded"
            ]
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_mocked_callback_is_submitted_and_then_results_in_what_the_file_says() {
    let mut state = task("lambda:invoke.waitForTaskToken");
    state["Parameters"] = json!({"Token.$": "$$.Task.Token"});
    let (events, output) = check(state, json!({"0": {"Return": {"talked": true}}})).await;
    assert_eq!(output, r#"{"talked":true}"#);
    assert_eq!(
        events,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSubmitted",
            "TaskSucceeded",
            "TaskStateExited",
            "ExecutionSucceeded"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn retries_use_up_numbers_and_the_first_missing_one_fails_the_execution() {
    let mut state = task("lambda:invoke");
    state["Retry"] = json!([{"ErrorEquals": ["States.ALL"], "MaxAttempts": 9}]);
    state["Catch"] = json!([{"ErrorEquals": ["States.ALL"], "Next": "Only"}]);
    let thrown = json!({"Throw": {"Error": "Busy", "Cause": "-"}});
    let (_, failure) = check(state, json!({"0-1": thrown})).await;
    assert_eq!(
        failure,
        "FAILED States.Runtime: The mocked state `Only` was invoked for number 2 in test case `C`, \
         and `/MockedResponses/R` ends at 1; add an entry `2` (retries and Map iterations count as \
         well)"
    );
}

#[tokio::test(start_paused = true)]
async fn map_iterations_use_up_numbers() {
    let state = json!({"Type": "Map", "ItemsPath": "$$.Execution.Input.items", "MaxConcurrency": 1,
        "ItemProcessor": {"StartAt": "Each", "States": {"Each": task("lambda:invoke")}},
        "End": true});
    let engine = Engine::new(with_mocks(json!({
        "StateMachines": {"M": {"TestCases": {"C": {"Each": "R"}}}},
        "MockedResponses": {"R": {"0": {"Return": "a"}, "1": {"Return": "b"}, "2": {"Return": "c"}}},
    })));
    let mut machine = only(state);
    machine["States"]["Only"]["ItemsPath"] = json!("$.items");
    create(&engine, "M", &machine);
    let mut request = super::request("M#C");
    request.input = atlas_core::Payload::from(json!({"items": [1, 2, 3]}));
    let started = engine.start(request).unwrap();
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    assert_eq!(told(&outcome), r#"["a","b","c"]"#);
}

/// Runs a mocked callback that throws, and answers with its events and how long it took.
async fn thrown(error: &str, limits: Value, time: Time) -> (Vec<&'static str>, String, i64) {
    let engine = Engine::new(with_mocks(json!({
        "StateMachines": {"M": {"TestCases": {"C": {"Only": "R"}}}},
        "MockedResponses": {"R": {"0": {"Throw": {"Error": error, "Cause": "silence"}}}},
    })));
    let mut state = task("lambda:invoke.waitForTaskToken");
    state["Parameters"] = json!({"Token.$": "$$.Task.Token"});
    for (field, seconds) in limits.as_object().unwrap() {
        state[field] = seconds.clone();
    }
    create(&engine, "M", &only(state));
    let started = engine.start(StartRequest { time, ..super::request("M#C") }).unwrap();
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    let history = engine.history(&started.execution_arn).unwrap();
    let took = history[history.len() - 1].timestamp.millis_since(history[0].timestamp);
    (types(&history)[3..].to_vec(), told(&outcome), took / 1000)
}

#[tokio::test(start_paused = true)]
async fn a_mocked_timeout_runs_out_in_virtual_time_and_is_thrown_at_once_in_real_time() {
    let ran_out = ["TaskStarted", "TaskSubmitted", "TaskTimedOut", "ExecutionFailed"];
    let at_once = ["TaskStarted", "TaskFailed", "ExecutionFailed"];
    let two_hours = json!({"TimeoutSeconds": 7200});
    let both = json!({"TimeoutSeconds": 7200, "HeartbeatSeconds": 60});
    for (error, limits, time, events, seconds) in [
        ("States.Timeout", &two_hours, Time::SkippingWaits, &ran_out[..], 7200),
        ("States.Timeout", &two_hours, Time::Real, &at_once[..], 0),
        ("States.Timeout", &both, Time::SkippingWaits, &ran_out[..], 60),
        ("States.HeartbeatTimeout", &both, Time::SkippingWaits, &ran_out[..], 60),
        ("States.HeartbeatTimeout", &two_hours, Time::SkippingWaits, &at_once[..], 0),
        ("States.Timeout", &json!({}), Time::SkippingWaits, &at_once[..], 0),
        ("Busy", &both, Time::SkippingWaits, &at_once[..], 0),
    ] {
        let (seen, failure, took) = thrown(error, limits.clone(), time).await;
        assert_eq!((&seen[..], took), (events, seconds), "{error} {limits} {time:?}");
        let cause = if events == ran_out { "States.Timeout: -" } else { "silence" };
        assert!(failure.ends_with(cause), "{error} {limits} {time:?}: {failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_activity_cannot_be_mocked() {
    let arn = "arn:aws:states:us-east-1:000000000000:activity:a";
    let state = json!({"Type": "Task", "Resource": arn, "End": true});
    let (_, failure) = check(state, json!({"0": {"Return": 1}})).await;
    assert!(
        failure.starts_with("FAILED States.Runtime: State `Only` is an activity's"),
        "{failure}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_case_that_mocks_a_state_which_is_not_there_is_refused_at_the_start() {
    let engine = Engine::new(with_mocks(json!({
        "StateMachines": {"M": {"TestCases": {"C": {"Onyl": "R"}}}},
        "MockedResponses": {"R": {"0": {"Return": 1}}},
    })));
    create(&engine, "M", &only(task("lambda:invoke")));
    assert_eq!(
        engine.start(super::request("M#C")).unwrap_err().to_string(),
        "/StateMachines/M/TestCases/C/Onyl: state machine `M` has no state `Onyl`; did you mean \
         `Only`?"
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_that_nothing_performs_says_how_to_go_on() {
    let engine = Engine::new(super::options());
    create(&engine, "M", &only(task("sqs:sendMessage")));
    let started = start(&engine, "M");
    let failure = told(&engine.wait(&started.execution_arn).await.unwrap());
    assert_eq!(
        failure,
        "FAILED States.Runtime: State `Only` calls `sqs:sendMessage`, and nothing here performs \
         that: mock the state in a mock file, or give the engine a handler or an endpoint for it"
    );
}
