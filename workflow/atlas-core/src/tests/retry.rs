//! Retriers: whose turn it is, how often, and after how long.

use expect_test::expect;
use serde_json::json;

use super::harness::{check, check_history, done, failed, fires, held, machine, start};

/// A Task with these retriers and catchers.
fn task(fields: &str) -> String {
    format!(
        r#"{{"A": {{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "B",
            {fields}}}, "B": {{"Type": "Pass", "End": true}},
            "C": {{"Type": "Pass", "Result": "caught", "End": true}}}}"#
    )
}

#[test]
fn a_task_is_tried_again_after_longer_and_longer_delays() {
    check(
        &task(r#""Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 2, "BackoffRate": 1.5}]"#),
        &[
            start(json!({})),
            failed(1, "E"),
            fires(),
            failed(2, "E"),
            fires(),
            failed(3, "E"),
            fires(),
            failed(4, "E"),
        ],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s failed #1 E
                timer 1 +2s
            +2s timer 1 fires
                invoke A #2 retry 1 {}
            +2s failed #2 E
                timer 2 +3s
            +5s timer 2 fires
                invoke A #3 retry 2 {}
            +5s failed #3 E
                timer 3 +4500ms
            +9500ms timer 3 fires
                invoke A #4 retry 3 {}
            +9500ms failed #4 E
                fail E: cause
        "#]],
    );
}

#[test]
fn each_retrier_counts_for_itself_and_anew_at_the_next_visit() {
    let machine = r#"{
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "L", "Retry": [
            {"ErrorEquals": ["E"], "MaxAttempts": 1},
            {"ErrorEquals": ["F"], "MaxAttempts": 1, "IntervalSeconds": 7}]},
        "L": {"Type": "Choice", "Default": "A", "Choices": [
            {"Variable": "$.stop", "IsPresent": true, "Next": "Z"}]},
        "Z": {"Type": "Succeed"}}"#;
    check(
        machine,
        &[
            start(json!({})),
            failed(1, "E"),
            fires(),
            failed(2, "F"),
            fires(),
            done(3, json!({})),
            failed(4, "E"),
            fires(),
            failed(5, "E"),
        ],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s failed #1 E
                timer 1 +1s
            +1s timer 1 fires
                invoke A #2 retry 1 {}
            +1s failed #2 F
                timer 2 +7s
            +8s timer 2 fires
                invoke A #3 retry 2 {}
            +8s done #3 {}
                invoke A #4 {}
            +8s failed #4 E
                timer 3 +1s
            +9s timer 3 fires
                invoke A #5 retry 1 {}
            +9s failed #5 E
                fail E: cause
        "#]],
    );
}

#[test]
fn no_attempt_is_left_where_max_attempts_is_0() {
    check(
        &task(
            r#""Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}],
               "Catch": [{"ErrorEquals": ["E"], "Next": "C"}]"#,
        ),
        &[start(json!({})), failed(1, "E")],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s failed #1 E
                succeed "caught"
        "#]],
    );
}

#[test]
fn a_delay_grows_no_longer_than_max_delay_seconds() {
    check(
        &task(
            r#""Retry": [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 10,
                "BackoffRate": 10, "MaxDelaySeconds": 30, "MaxAttempts": 3}]"#,
        ),
        &[start(json!({})), failed(1, "E"), fires(), failed(2, "F"), fires(), failed(3, "G")],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s failed #1 E
                timer 1 +10s
            +10s timer 1 fires
                invoke A #2 retry 1 {}
            +10s failed #2 F
                timer 2 +30s
            +40s timer 2 fires
                invoke A #3 retry 2 {}
            +40s failed #3 G
                timer 3 +30s
        "#]],
    );
}

#[test]
fn jitter_is_drawn_from_the_seed() {
    let program = machine(&task(
        r#""Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100,
            "JitterStrategy": "FULL"}]"#,
    ));
    let given = [start(json!({})), failed(1, "E"), fires(), failed(2, "E"), fires()];
    let lines = held(&program, &given).lines;
    expect![[r#"
        +0s start {}
            invoke A #1 {}
        +0s failed #1 E
            timer 1 +11439ms
        +11439ms timer 1 fires
            invoke A #2 retry 1 {}
        +11439ms failed #2 E
            timer 2 +199452ms
        +210891ms timer 2 fires
            invoke A #3 retry 2 {}
    "#]]
    .assert_eq(&lines);
}

#[test]
fn retriers_come_before_catchers() {
    check(
        &task(
            r#""Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}],
               "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]"#,
        ),
        &[start(json!({})), failed(1, "E"), fires(), failed(2, "E")],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s failed #1 E
                timer 1 +1s
            +1s timer 1 fires
                invoke A #2 retry 1 {}
            +1s failed #2 E
                succeed "caught"
        "#]],
    );
}

#[test]
fn a_parallel_is_tried_again_as_a_whole() {
    check_history(
        r#"{"P": {"Type": "Parallel", "End": true, "Retry": [{"ErrorEquals": ["E"]}], "Branches": [
            {"StartAt": "A", "States": {
                "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}},
            {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]}}"#,
        &[start(json!({})), failed(1, "E"), fires(), done(2, json!(2))],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 ParallelStateEntered P {}
            3 < 2 ParallelStateStarted
            4 < 3 TaskStateEntered A {}
            5 < 4 TaskScheduled {}
            6 < 5 TaskStarted
            7 < 3 PassStateEntered B {}
            8 < 7 PassStateExited B {}
            9 < 6 TaskFailed E cause
            10 < 9 TaskStateAborted
            11 < 9 ParallelStateStarted
            12 < 11 TaskStateEntered A {}
            13 < 12 TaskScheduled {}
            14 < 13 TaskStarted
            15 < 11 PassStateEntered B {}
            16 < 15 PassStateExited B {}
            17 < 14 TaskSucceeded 2
            18 < 17 TaskStateExited A 2
            19 < 18 ParallelStateSucceeded
            20 < 18 ParallelStateExited P [2,{}]
            21 < 20 ExecutionSucceeded [2,{}]
        "#]],
    );
}

#[test]
fn a_map_is_tried_again_as_a_whole() {
    check_history(
        r#"{"M": {"Type": "Map", "End": true, "Retry": [{"ErrorEquals": ["E"]}], "ItemProcessor":
            {"StartAt": "A", "States": {
                "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}}}"#,
        &[
            start(json!([1, 2])),
            done(1, json!(1)),
            failed(2, "E"),
            fires(),
            done(3, json!(3)),
            done(4, json!(4)),
        ],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2]
            2 < 0 MapStateEntered M [1,2]
            3 < 2 MapStateStarted length 2
            4 < 3 MapIterationStarted M index 0
            5 < 3 MapIterationStarted M index 1
            6 < 4 TaskStateEntered A 1
            7 < 6 TaskScheduled 1
            8 < 7 TaskStarted
            9 < 5 TaskStateEntered A 2
            10 < 9 TaskScheduled 2
            11 < 10 TaskStarted
            12 < 8 TaskSucceeded 1
            13 < 12 TaskStateExited A 1
            14 < 13 MapIterationSucceeded M index 0
            15 < 11 TaskFailed E cause
            16 < 15 MapIterationFailed M index 1
            17 < 15 TaskStateAborted
            18 < 15 MapStateStarted length 2
            19 < 18 MapIterationStarted M index 0
            20 < 18 MapIterationStarted M index 1
            21 < 19 TaskStateEntered A 1
            22 < 21 TaskScheduled 1
            23 < 22 TaskStarted
            24 < 20 TaskStateEntered A 2
            25 < 24 TaskScheduled 2
            26 < 25 TaskStarted
            27 < 23 TaskSucceeded 3
            28 < 27 TaskStateExited A 3
            29 < 28 MapIterationSucceeded M index 0
            30 < 26 TaskSucceeded 4
            31 < 30 TaskStateExited A 4
            32 < 31 MapIterationSucceeded M index 1
            33 < 32 MapStateSucceeded
            34 < 32 MapStateExited M [3,4]
            35 < 34 ExecutionSucceeded [3,4]
        "#]],
    );
}

#[test]
fn a_retry_without_interval_waits_for_nothing_however_often() {
    check(
        &task(
            r#""Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 0, "BackoffRate": 1000000,
                "MaxAttempts": 99}]"#,
        ),
        &[start(json!({})), failed(1, "E")],
        expect![[r#"
            +0s start {}
                invoke A #1 {}
            +0s failed #1 E
                timer 1 +0s
        "#]],
    );
}
