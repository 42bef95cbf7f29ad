//! Branches side by side: the order of events, and what is aborted when one fails.

use expect_test::expect;
use serde_json::json;

use super::harness::{check, check_history, done, failed, fires, start};

const SIDE_BY_SIDE: &str = r#"{"P": {"Type": "Parallel", "End": true, "Branches": [
    {"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}},
    {"StartAt": "B", "States": {
        "B": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}]}}"#;

#[test]
fn the_last_branch_to_end_ends_the_state_and_results_keep_their_places() {
    check(
        SIDE_BY_SIDE,
        &[start(json!({})), done(2, json!("b")), done(1, json!("a"))],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
                invoke B #2 {}
            +0s done #2 "b"
            +0s done #1 "a"
                succeed ["a","b"]
        "#]],
    );
    check_history(
        SIDE_BY_SIDE,
        &[start(json!({})), done(2, json!("b")), done(1, json!("a"))],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 ParallelStateEntered P {}
            3 < 2 ParallelStateStarted
            4 < 3 TaskStateEntered A {}
            5 < 4 TaskScheduled {}
            6 < 5 TaskStarted
            7 < 3 TaskStateEntered B {}
            8 < 7 TaskScheduled {}
            9 < 8 TaskStarted
            10 < 9 TaskSucceeded "b"
            11 < 10 TaskStateExited B "b"
            12 < 6 TaskSucceeded "a"
            13 < 12 TaskStateExited A "a"
            14 < 13 ParallelStateSucceeded
            15 < 13 ParallelStateExited P ["a","b"]
            16 < 15 ExecutionSucceeded ["a","b"]
        "#]],
    );
}

/// One branch fails when told to; beside it runs every kind of state that can be aborted.
const ALL_KINDS: &str = r#"{"P": {"Type": "Parallel", "Next": "Z",
    "Catch": [{"ErrorEquals": ["E"], "Next": "Z"}], "Branches": [
    {"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}},
    {"StartAt": "T", "States": {"T": {"Type": "Task", "TimeoutSeconds": 60, "HeartbeatSeconds": 30,
        "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}},
    {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 90, "End": true}}},
    {"StartAt": "Q", "States": {"Q": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "V", "States": {"V": {"Type": "Wait", "Seconds": 91, "End": true}}},
        {"StartAt": "D", "States": {"D": {"Type": "Pass", "End": true}}}]}}},
    {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 1,
        "End": true, "ItemProcessor": {"StartAt": "U", "States": {
            "U": {"Type": "Wait", "Seconds": 92, "End": true}}}}}}]},
    "Z": {"Type": "Succeed"}}"#;

#[test]
fn a_branch_that_fails_aborts_every_kind_of_sibling() {
    check(
        ALL_KINDS,
        &[start(json!({"items": [1, 2]})), failed(1, "E")],
        expect![[r#"
        +0s start {"items":[1,2]}
            invoke A #1 {"items":[1,2]}
            timer 1 +60s
            timer 2 +30s
            invoke T #2 {"items":[1,2]}
            timer 3 +90s
            timer 4 +91s
            timer 5 +92s
        +0s failed #1 E
            cancel timer 1
            cancel timer 2
            cancel #2
            cancel timer 3
            cancel timer 4
            cancel timer 5
            succeed {"Error":"E","Cause":"cause"}
    "#]],
    );
    check_history(
        ALL_KINDS,
        &[start(json!({"items": [1, 2]})), failed(1, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted {"items":[1,2]}
            2 < 0 ParallelStateEntered P {"items":[1,2]}
            3 < 2 ParallelStateStarted
            4 < 3 TaskStateEntered A {"items":[1,2]}
            5 < 4 TaskScheduled {"items":[1,2]}
            6 < 5 TaskStarted
            7 < 3 TaskStateEntered T {"items":[1,2]}
            8 < 7 TaskScheduled {"items":[1,2]} timeoutInSeconds 60 heartbeatInSeconds 30
            9 < 8 TaskStarted
            10 < 3 WaitStateEntered W {"items":[1,2]}
            11 < 3 ParallelStateEntered Q {"items":[1,2]}
            12 < 11 ParallelStateStarted
            13 < 3 MapStateEntered M {"items":[1,2]}
            14 < 13 MapStateStarted length 2
            15 < 14 MapIterationStarted M index 0
            16 < 12 WaitStateEntered V {"items":[1,2]}
            17 < 12 PassStateEntered D {"items":[1,2]}
            18 < 17 PassStateExited D {"items":[1,2]}
            19 < 15 WaitStateEntered U 1
            20 < 6 TaskFailed E cause
            21 < 20 TaskStateAborted
            22 < 20 TaskStateAborted
            23 < 20 WaitStateAborted
            24 < 20 WaitStateAborted
            25 < 20 ParallelStateAborted
            26 < 20 MapIterationAborted M index 0
            27 < 20 WaitStateAborted
            28 < 20 MapStateAborted
            29 < 20 ParallelStateFailed
            30 < 29 ParallelStateExited P {"Error":"E","Cause":"cause"}
            31 < 30 SucceedStateEntered Z {"Error":"E","Cause":"cause"}
            32 < 31 SucceedStateExited Z {"Error":"E","Cause":"cause"}
            33 < 32 ExecutionSucceeded {"Error":"E","Cause":"cause"}
        "#]],
    );
}

#[test]
fn a_sibling_that_waits_to_be_tried_again_is_aborted_as_what_it_is() {
    let retry = r#""Retry": [{"ErrorEquals": ["R"], "IntervalSeconds": 9}]"#;
    let fails = r#"{"StartAt": "R", "States": {"R": {"Type": "Fail", "Error": "R"}}}"#;
    check_history(
        &format!(
            r#"{{"P": {{"Type": "Parallel", "End": true, "Branches": [
                {{"StartAt": "A", "States": {{"A": {{"Type": "Wait", "Seconds": 1, "Next": "F"}},
                    "F": {{"Type": "Fail", "Error": "E"}}}}}},
                {{"StartAt": "T", "States": {{"T": {{"Type": "Task", {retry}, "End": true,
                    "Resource": "arn:aws:states:::sqs:sendMessage"}}}}}},
                {{"StartAt": "Q", "States": {{"Q": {{"Type": "Parallel", {retry}, "End": true,
                    "Branches": [{fails}]}}}}}},
                {{"StartAt": "M", "States": {{"M": {{"Type": "Map", {retry}, "End": true,
                    "ItemsPath": "$.items", "ItemProcessor": {fails}}}}}}}]}}}}"#
        ),
        &[start(json!({"items": [1]})), failed(1, "R"), fires()],
        expect![[r#"
            1 < 0 ExecutionStarted {"items":[1]}
            2 < 0 ParallelStateEntered P {"items":[1]}
            3 < 2 ParallelStateStarted
            4 < 3 WaitStateEntered A {"items":[1]}
            5 < 3 TaskStateEntered T {"items":[1]}
            6 < 5 TaskScheduled {"items":[1]}
            7 < 6 TaskStarted
            8 < 3 ParallelStateEntered Q {"items":[1]}
            9 < 8 ParallelStateStarted
            10 < 3 MapStateEntered M {"items":[1]}
            11 < 10 MapStateStarted length 1
            12 < 11 MapIterationStarted M index 0
            13 < 9 FailStateEntered R {"items":[1]}
            14 < 12 FailStateEntered R 1
            15 < 14 MapIterationFailed M index 0
            16 < 7 TaskFailed R cause
            17 < 4 WaitStateExited A {"items":[1]}
            18 < 17 FailStateEntered F {"items":[1]}
            19 < 18 TaskStateAborted
            20 < 18 ParallelStateAborted
            21 < 18 MapStateAborted
            22 < 18 ParallelStateFailed
            23 < 22 ExecutionFailed E
        "#]],
    );
}

#[test]
fn a_fail_state_ends_its_siblings_before_they_begin_or_while_they_run() {
    for (branches, expected) in [
        (
            r#"[{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E", "Cause": "C"}}},
             {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]"#,
            expect![[r#"
                1 < 0 ExecutionStarted {}
                2 < 0 ParallelStateEntered P {}
                3 < 2 ParallelStateStarted
                4 < 3 FailStateEntered F {}
                5 < 4 ParallelStateFailed
                6 < 5 ExecutionFailed E C
            "#]],
        ),
        (
            r#"[{"StartAt": "B", "States": {"B": {"Type": "Pass", "Next": "G"},
                "G": {"Type": "Wait", "Seconds": 1, "End": true}}},
             {"StartAt": "C", "States": {"C": {"Type": "Pass", "Next": "F"},
                "F": {"Type": "Fail", "Error": "E", "Cause": "C"}}}]"#,
            expect![[r#"
                1 < 0 ExecutionStarted {}
                2 < 0 ParallelStateEntered P {}
                3 < 2 ParallelStateStarted
                4 < 3 PassStateEntered B {}
                5 < 4 PassStateExited B {}
                6 < 3 PassStateEntered C {}
                7 < 6 PassStateExited C {}
                8 < 5 WaitStateEntered G {}
                9 < 7 FailStateEntered F {}
                10 < 9 WaitStateAborted
                11 < 9 ParallelStateFailed
                12 < 11 ExecutionFailed E C
            "#]],
        ),
    ] {
        check_history(
            &format!(r#"{{"P": {{"Type": "Parallel", "End": true, "Branches": {branches}}}}}"#),
            &[start(json!({}))],
            expected,
        );
    }
}
