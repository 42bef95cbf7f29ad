//! Catchers: which failures they know, and which nothing catches.

use expect_test::expect;
use serde_json::json;

use super::harness::{
    check, check_ends, check_history, done, failed, failed_without_words, fires, start,
};

/// A Task with these catchers.
fn task(fields: &str) -> String {
    format!(
        r#"{{"A": {{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
            {fields}}}, "C": {{"Type": "Pass", "End": true}}}}"#
    )
}

#[test]
fn catch_keeps_the_original_input_when_result_path_is_null() {
    check(
        &task(
            r#""InputPath": "$.a", "Catch": [
            {"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "C"}]"#,
        ),
        &[start(json!({"a": {"b": 1}})), failed(1, "E")],
        expect![[r#"
            +0s start {"a":{"b":1}}
                invoke A #1 {"b":1}
            +0s failed #1 E
                succeed {"a":{"b":1}}
        "#]],
    );
}

#[test]
fn a_catcher_knows_errors_by_the_names_of_aws() {
    let rows = [
        ("E", "E", r#"succeed {"Error":"E","Cause":"cause"}"#),
        ("F", "E", "fail E: cause"),
        ("States.ALL", "E", r#"succeed {"Error":"E","Cause":"cause"}"#),
        ("States.TaskFailed", "E", r#"succeed {"Error":"E","Cause":"cause"}"#),
        ("States.TaskFailed", "States.Timeout", "fail States.Timeout: cause"),
        (
            "States.Timeout",
            "States.Timeout",
            r#"succeed {"Error":"States.Timeout","Cause":"cause"}"#,
        ),
        ("States.Runtime", "States.Runtime", "fail States.Runtime: cause"),
        ("States.ALL", "States.Runtime", "fail States.Runtime: cause"),
    ];
    for (name, error, expected) in rows {
        let program = super::harness::machine(&task(&format!(
            r#""Catch": [{{"ErrorEquals": ["{name}"], "Next": "C"}}]"#
        )));
        let run = super::harness::held(&program, &[start(json!({})), failed(1, error)]);
        let ended = super::harness::outcome(run.execution.outcome().expect("it ends"));
        assert_eq!(ended, expected, "{name} and {error}");
    }
}

#[test]
fn a_failure_without_words_gives_nulls() {
    check(
        &task(r#""Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]"#),
        &[start(json!({})), failed_without_words(1)],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s failed #1 -
                succeed {"Error":null,"Cause":null}
        "#]],
    );
}

#[test]
fn the_history_goes_on_from_the_failure() {
    check_history(
        &task(r#""Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]"#),
        &[start(json!({})), failed(1, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 TaskStateEntered A {}
            3 < 2 TaskScheduled {}
            4 < 3 TaskStarted
            5 < 4 TaskFailed E cause
            6 < 5 TaskStateExited A {"Error":"E","Cause":"cause"}
            7 < 6 PassStateEntered C {"Error":"E","Cause":"cause"}
            8 < 7 PassStateExited C {"Error":"E","Cause":"cause"}
            9 < 8 ExecutionSucceeded {"Error":"E","Cause":"cause"}
        "#]],
    );
}

#[test]
fn what_fails_while_it_is_being_caught_is_not_caught_again() {
    check_history(
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
                "Catch": [{"ErrorEquals": ["States.ALL"], "Output": "{% $states.input.none %}",
                    "Next": "C"}]},
            "C": {"Type": "Pass", "End": true}}}"#,
        &[start(json!({})), failed(1, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 TaskStateEntered A {}
            3 < 2 TaskScheduled {}
            4 < 3 TaskStarted
            5 < 4 TaskFailed E cause
            6 < 5 EvaluationFailed States.QueryEvaluationError An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.input.none' specified for the field 'Catch[0]/Output' returned nothing (undefined). Catch[0]/Output
            7 < 6 ExecutionFailed States.QueryEvaluationError An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.input.none' specified for the field 'Catch[0]/Output' returned nothing (undefined).
        "#]],
    );
}

#[test]
fn an_expression_that_fails_is_caught() {
    check_history(
        r#"{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
                "Output": "{% $states.result.none %}",
                "Catch": [{"ErrorEquals": ["States.QueryEvaluationError"], "Next": "C"}]},
            "C": {"Type": "Pass", "End": true}}}"#,
        &[start(json!({})), done(1, json!({}))],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 TaskStateEntered A {}
            3 < 2 TaskScheduled {}
            4 < 3 TaskStarted
            5 < 4 TaskSucceeded {}
            6 < 5 EvaluationFailed States.QueryEvaluationError An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.result.none' specified for the field 'Output' returned nothing (undefined). Output
            7 < 6 TaskStateExited A {"Error":"States.QueryEvaluationError","Cause":"An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.result.none' specified for the field 'Output' returned nothing (undefined)."}
            8 < 7 PassStateEntered C {"Error":"States.QueryEvaluationError","Cause":"An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.result.none' specified for the field 'Output' returned nothing (undefined)."}
            9 < 8 PassStateExited C {"Error":"States.QueryEvaluationError","Cause":"An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.result.none' specified for the field 'Output' returned nothing (undefined)."}
            10 < 9 ExecutionSucceeded {"Error":"States.QueryEvaluationError","Cause":"An error occurred while executing the state 'A' (entered at the event id #2). The JSONata expression '$states.result.none' specified for the field 'Output' returned nothing (undefined)."}
        "#]],
    );
}

#[test]
fn a_result_that_is_too_large_is_caught_and_an_output_is_not() {
    let large = json!("x".repeat(262_143));
    check(
        &task(r#""Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "Next": "C"}]"#),
        &[start(json!({})), done(1, large)],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s done #1 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… 262145 bytes
                succeed {"Error":"States.DataLimitExceeded","Cause":"The state/task 'sqs' returned a result with a size exceeding the maximum number of bytes service limit."}
        "#]],
    );
    let fits = json!("x".repeat(262_142));
    check(
        &task(
            r#""ResultPath": "$.r", "Retry": [{"ErrorEquals": ["States.ALL"]}],
               "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]"#,
        ),
        &[start(json!({})), done(1, fits)],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s done #1 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx… 262144 bytes
                fail States.DataLimitExceeded: The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit.
        "#]],
    );
}

#[test]
fn a_failure_deep_inside_is_caught_far_outside() {
    check_history(
        r#"{"P": {"Type": "Parallel", "End": true,
                "Catch": [{"ErrorEquals": ["E"], "Next": "C"}], "Branches": [
            {"StartAt": "Q", "States": {"Q": {"Type": "Parallel", "End": true, "Branches": [
                {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "Next": "F"},
                    "F": {"Type": "Fail", "Error": "E", "Cause": "deep"}}},
                {"StartAt": "X", "States": {"X": {"Type": "Wait", "Seconds": 9, "End": true}}}]}}},
            {"StartAt": "Y", "States": {"Y": {"Type": "Task",
                "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}]},
            "C": {"Type": "Pass", "End": true}}"#,
        &[start(json!({})), fires()],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 ParallelStateEntered P {}
            3 < 2 ParallelStateStarted
            4 < 3 ParallelStateEntered Q {}
            5 < 4 ParallelStateStarted
            6 < 3 TaskStateEntered Y {}
            7 < 6 TaskScheduled {}
            8 < 7 TaskStarted
            9 < 5 WaitStateEntered W {}
            10 < 5 WaitStateEntered X {}
            11 < 9 WaitStateExited W {}
            12 < 11 FailStateEntered F {}
            13 < 12 WaitStateAborted
            14 < 12 ParallelStateFailed
            15 < 14 TaskStateAborted
            16 < 14 ParallelStateFailed
            17 < 16 ParallelStateExited P {"Error":"E","Cause":"deep"}
            18 < 17 PassStateEntered C {"Error":"E","Cause":"deep"}
            19 < 18 PassStateExited C {"Error":"E","Cause":"deep"}
            20 < 19 ExecutionSucceeded {"Error":"E","Cause":"deep"}
        "#]],
    );
}

#[test]
fn an_output_that_is_too_large_is_fatal_inside_a_parallel_and_a_map_too() {
    let catch = r#""Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]"#;
    let flow =
        r#"{"StartAt": "B", "States": {"B": {"Type": "Pass", "ResultPath": "$.r", "End": true}}}"#;
    let expected = "fail States.DataLimitExceeded: The state/task 'B' returned a result with a size \
                    exceeding the maximum number of bytes service limit.";
    let half = json!({"a": "x".repeat(140_000)});
    check_ends(&[
        (
            "in a branch",
            &format!(
                r#"{{"P": {{"Type": "Parallel", "End": true, {catch}, "Branches": [{flow}]}},
                    "C": {{"Type": "Succeed"}}}}"#
            ),
            half.clone(),
            expected,
        ),
        (
            "in an iteration",
            &format!(
                r#"{{"M": {{"Type": "Map", "End": true, {catch}, "ItemProcessor": {flow}}},
                    "C": {{"Type": "Succeed"}}}}"#
            ),
            json!([half]),
            expected,
        ),
    ]);
}
