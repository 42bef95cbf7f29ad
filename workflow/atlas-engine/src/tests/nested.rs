//! `states:startExecution` in its forms, against what AWS was recorded to answer.

use serde_json::{Value, json};

use super::{create, only, options, start, told, types, with_mocks};
use crate::Engine;

fn parent(form: &str, input: Value) -> Value {
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:Child";
    only(
        json!({"Type": "Task", "Resource": format!("arn:aws:states:::states:startExecution{form}"),
        "Parameters": {"StateMachineArn": machine, "Input": input, "Name": "c"}, "End": true}),
    )
}

fn check(form: &str, child: Value) -> (Vec<&'static str>, String) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let engine = Engine::new(options());
        create(&engine, "Child", &only(child));
        create(&engine, "M", &parent(form, json!({"a": 1})));
        let started = start(&engine, "M");
        let outcome = engine.wait(&started.execution_arn).await.unwrap();
        (types(&engine.history(&started.execution_arn).unwrap()), told(&outcome))
    })
}

fn without_times(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    for key in ["StartDate", "StopDate"] {
        assert!(value[key].is_i64(), "{value}");
        value.as_object_mut().unwrap().remove(key);
    }
    value
}

#[test]
fn a_plain_start_is_answered_with_the_arn() {
    let (events, output) = check("", json!({"Type": "Succeed"}));
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
    let output: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(output["ExecutionArn"], "arn:aws:states:us-east-1:000000000000:execution:Child:c");
    assert!(output["StartDate"].is_f64());
    assert_eq!(output["SdkHttpMetadata"]["HttpStatusCode"], 200);
    assert_eq!(
        output["SdkHttpMetadata"]["HttpHeaders"]["x-amzn-RequestId"],
        output["SdkResponseMetadata"]["RequestId"]
    );
}

#[test]
fn sync_gives_the_output_as_text_and_sync_2_as_json() {
    let child = json!({"Type": "Pass", "Result": {"Arg1": "argument1"}, "End": true});
    for (form, input, output) in [
        (".sync", json!(r#"{"a":1}"#), json!(r#"{"Arg1":"argument1"}"#)),
        (".sync:2", json!({"a": 1}), json!({"Arg1": "argument1"})),
    ] {
        let (events, result) = check(form, child.clone());
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
        assert_eq!(
            without_times(&result),
            json!({
                "ExecutionArn": "arn:aws:states:us-east-1:000000000000:execution:Child:c",
                "Input": input,
                "InputDetails": {"Included": true},
                "Name": "c",
                "Output": output,
                "OutputDetails": {"Included": true},
                "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:Child",
                "Status": "SUCCEEDED",
            })
        );
    }
}

#[test]
fn a_child_that_fails_fails_the_task_that_waits_for_it() {
    let child = json!({"Type": "Fail", "Error": "SomeFailure", "Cause": "It failed."});
    let (events, failure) = check(".sync", child);
    assert_eq!(
        events,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSubmitted",
            "TaskFailed",
            "ExecutionFailed"
        ]
    );
    let cause = failure.strip_prefix("FAILED States.TaskFailed: ").unwrap();
    assert_eq!(
        without_times(cause),
        json!({
            "Cause": "It failed.",
            "Error": "SomeFailure",
            "ExecutionArn": "arn:aws:states:us-east-1:000000000000:execution:Child:c",
            "Input": r#"{"a":1}"#,
            "InputDetails": {"Included": true},
            "Name": "c",
            "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:Child",
            "Status": "FAILED",
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_refused_fails_the_task_under_its_exception_name() {
    let engine = Engine::new(options());
    create(&engine, "M", &parent("", Value::Null));
    let started = start(&engine, "M");
    let told_missing = told(&engine.wait(&started.execution_arn).await.unwrap());
    let expected = "FAILED StepFunctions.StateMachineDoesNotExistException: State Machine Does Not \
                    Exist: 'arn:aws:states:us-east-1:000000000000:stateMachine:Child' (Service: \
                    AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; \
                    Request ID: ";
    assert!(told_missing.starts_with(expected), "{told_missing}");
    assert!(told_missing.ends_with("; Proxy: null)"), "{told_missing}");

    create(&engine, "Child", &only(json!({"Type": "Succeed"})));
    create(&engine, "First", &parent("", Value::Null));
    create(&engine, "Second", &parent("", Value::Null));
    start(&engine, "First");
    let second = start(&engine, "Second");
    let told_again = told(&engine.wait(&second.execution_arn).await.unwrap());
    let expected = "FAILED StepFunctions.ExecutionAlreadyExistsException: Execution Already Exists: \
                    'arn:aws:states:us-east-1:000000000000:execution:Child:c' (Service: ";
    assert!(told_again.starts_with(expected), "{told_again}");
}

#[tokio::test(start_paused = true)]
async fn two_tasks_may_wait_for_the_same_execution() {
    let engine = Engine::new(options());
    create(&engine, "Child", &only(json!({"Type": "Wait", "Seconds": 100, "End": true})));
    let mut outcomes = Vec::new();
    for name in ["First", "Second"] {
        create(&engine, name, &parent(".sync:2", json!({})));
        let real = crate::StartRequest { time: crate::Time::Real, ..super::request(name) };
        outcomes.push(engine.start(real).unwrap().execution_arn);
    }
    assert_eq!(engine.executions().len(), 3);
    for arn in outcomes {
        assert_eq!(engine.wait(&arn).await.unwrap().status(), "SUCCEEDED");
    }
}

#[tokio::test(start_paused = true)]
async fn stopping_a_parent_stops_the_child_that_it_waits_for() {
    let engine = Engine::new(options());
    create(&engine, "Child", &only(json!({"Type": "Wait", "Seconds": 100, "End": true})));
    create(&engine, "M", &parent(".sync", json!({})));
    let real = crate::StartRequest { time: crate::Time::Real, ..super::request("M") };
    let started = engine.start(real).unwrap();
    let child = engine.executions().into_iter().find(|one| &*one.name == "c").unwrap();
    assert_eq!(child.status(), "RUNNING");
    assert_eq!(child.started_by.as_ref(), Some(&started.execution_arn));
    engine.stop(&started.execution_arn, None, None).unwrap();
    assert_eq!(engine.describe(&child.execution_arn).unwrap().status(), "ABORTED");
}

#[tokio::test(start_paused = true)]
async fn a_child_uses_the_case_of_its_parents_name_if_its_machine_has_one() {
    let mocked = |child: &str| {
        with_mocks(json!({
            "StateMachines": {
                "M": {"TestCases": {"C": {}}},
                "Child": {"TestCases": {child: {"Only": "R"}}},
            },
            "MockedResponses": {"R": {"0": {"Return": "mocked"}}},
        }))
    };
    for (case, status) in [("C", "SUCCEEDED"), ("Other", "FAILED")] {
        let engine = Engine::new(mocked(case));
        create(&engine, "Child", &only(super::task("lambda:invoke")));
        create(&engine, "M", &parent(".sync", json!({})));
        let started = start(&engine, "M#C");
        let outcome = engine.wait(&started.execution_arn).await.unwrap();
        assert_eq!(outcome.status(), status, "{}", told(&outcome));
    }
}
