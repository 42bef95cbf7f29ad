//! What a history tells of each kind of task.

use expect_test::expect;
use serde_json::json;

use super::harness::{
    check_history, done, failed, fires, held, machine, scheduled, start, submitted, taken,
};

fn task(resource: &str) -> String {
    format!(
        r#"{{"A": {{"Type": "Task", "Resource": "{resource}", "End": true, "TimeoutSeconds": 60}}}}"#
    )
}

#[test]
fn a_function_is_scheduled_started_and_ends() {
    let machine = task("arn:aws:lambda:us-east-1:111111111111:function:f");
    check_history(
        &machine,
        &[start(json!({})), done(1, json!(1))],
        expect![[r#"
        1 < 0 ExecutionStarted {}
        2 < 0 TaskStateEntered A {}
        3 < 2 LambdaFunctionScheduled {} timeoutInSeconds 60
        4 < 3 LambdaFunctionStarted
        5 < 4 LambdaFunctionSucceeded 1
        6 < 5 TaskStateExited A 1
        7 < 6 ExecutionSucceeded 1
    "#]],
    );
    check_history(
        &machine,
        &[start(json!({})), failed(1, "E")],
        expect![[r#"
        1 < 0 ExecutionStarted {}
        2 < 0 TaskStateEntered A {}
        3 < 2 LambdaFunctionScheduled {} timeoutInSeconds 60
        4 < 3 LambdaFunctionStarted
        5 < 4 LambdaFunctionFailed E cause
        6 < 5 ExecutionFailed E cause
    "#]],
    );
    check_history(
        &machine,
        &[start(json!({})), fires()],
        expect![[r#"
        1 < 0 ExecutionStarted {}
        2 < 0 TaskStateEntered A {}
        3 < 2 LambdaFunctionScheduled {} timeoutInSeconds 60
        4 < 3 LambdaFunctionStarted
        5 < 4 LambdaFunctionTimedOut States.Timeout
        6 < 5 ExecutionFailed States.Timeout
    "#]],
    );
}

#[test]
fn an_activity_starts_once_a_worker_takes_it() {
    let machine = task("arn:aws:states:us-east-1:111111111111:activity:a");
    check_history(
        &machine,
        &[start(json!({})), scheduled(1), taken(1), done(1, json!(1))],
        expect![[r#"
        1 < 0 ExecutionStarted {}
        2 < 0 TaskStateEntered A {}
        3 < 2 ActivityScheduled {} timeoutInSeconds 60
        4 < 3 ActivityStarted worker
        5 < 4 ActivitySucceeded 1
        6 < 5 TaskStateExited A 1
        7 < 6 ExecutionSucceeded 1
    "#]],
    );
    check_history(
        &machine,
        &[start(json!({})), scheduled(1), taken(1), failed(1, "E")],
        expect![[r#"
        1 < 0 ExecutionStarted {}
        2 < 0 TaskStateEntered A {}
        3 < 2 ActivityScheduled {} timeoutInSeconds 60
        4 < 3 ActivityStarted worker
        5 < 4 ActivityFailed E cause
        6 < 5 ExecutionFailed E cause
    "#]],
    );
    check_history(
        &machine,
        &[start(json!({})), scheduled(1), fires()],
        expect![[r#"
        1 < 0 ExecutionStarted {}
        2 < 0 TaskStateEntered A {}
        3 < 2 ActivityScheduled {} timeoutInSeconds 60
        4 < 3 ActivityTimedOut States.Timeout
        5 < 4 ExecutionFailed States.Timeout
    "#]],
    );
    // Recorded: test_activity_task_on_deleted.
    check_history(
        &machine,
        &[start(json!({})), failed(1, "States.Runtime")],
        expect![[r#"
        1 < 0 ExecutionStarted {}
        2 < 0 TaskStateEntered A {}
        3 < 2 ExecutionFailed States.Runtime An error occurred while executing the state 'A' (entered at the event id #2). cause
    "#]],
    );
}

#[test]
fn a_task_that_waits_is_submitted_before_it_ends() {
    for resource in [
        "arn:aws:states:::states:startExecution.sync:2",
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
    ] {
        check_history(
            &task(resource),
            &[start(json!({})), submitted(1, json!({"id": 7})), done(1, json!(1))],
            expect![[r#"
                1 < 0 ExecutionStarted {}
                2 < 0 TaskStateEntered A {}
                3 < 2 TaskScheduled {} timeoutInSeconds 60
                4 < 3 TaskStarted
                5 < 4 TaskSubmitted {"id":7}
                6 < 5 TaskSucceeded 1
                7 < 6 TaskStateExited A 1
                8 < 7 ExecutionSucceeded 1
            "#]],
        );
    }
}

#[test]
fn a_task_is_taken_once_and_by_whom_it_waits_for() {
    let rows = [
        ("arn:aws:states:us-east-1:111111111111:activity:a", [true, false], [false, false]),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", [false, false], [true, false]),
        ("arn:aws:states:::states:startExecution.sync:2", [false, false], [true, false]),
        ("arn:aws:states:::sqs:sendMessage", [false, false], [false, false]),
        ("arn:aws:lambda:us-east-1:111111111111:function:f", [false, false], [false, false]),
    ];
    for (resource, by_worker, by_service) in rows {
        let program = machine(&task(resource));
        for (fact, expected) in [(taken(1), by_worker), (submitted(1, json!({})), by_service)] {
            let mut given = vec![start(json!({})), fact.clone(), fact, done(1, json!(1))];
            if resource.contains(":activity:") {
                given.insert(1, scheduled(1));
            }
            let lines = held(&program, &given).lines;
            let refused = lines.matches("refused: the task does not wait").count();
            let admitted = expected.iter().filter(|admitted| **admitted).count();
            assert_eq!(refused, 2 - admitted, "{resource}\n{lines}");
            assert!(lines.ends_with("succeed 1\n"), "{resource}\n{lines}");
        }
    }
}

/// Recorded of an HTTP Task with an `Authorization` header (2026-09): no event tells of the task.
#[test]
fn a_task_that_its_parameters_cannot_start_is_not_scheduled() {
    check_history(
        r#"{"A": {"Type": "Task", "Resource": "arn:aws:states:::http:invoke",
            "Parameters": {"ApiEndpoint.$": "$.url", "Method": "GET",
                           "InvocationConfig": {"ConnectionArn": "c"}},
            "Retry": [{"ErrorEquals": ["States.ALL"]}], "End": true}}"#,
        &[start(json!({"url": "http://example.com"}))],
        expect![[r#"
            1 < 0 ExecutionStarted {"url":"http://example.com"}
            2 < 0 TaskStateEntered A {"url":"http://example.com"}
            3 < 2 ExecutionFailed States.Runtime An error occurred while executing the state 'A' (entered at the event id #2). The Parameters '{"Method":"GET","InvocationConfig":{"ConnectionArn":"c"},"ApiEndpoint":"http://example.com"}' could not be used to start the Task: [The value of the field 'ApiEndpoint' has an invalid format]
        "#]],
    );
}
