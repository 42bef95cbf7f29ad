//! Redriven executions: what is tried again, what stays done, and when it is too late.

use atlas_asl::model::ExecutionType;
use expect_test::expect;
use serde_json::json;

use super::harness::{
    check_history, done, failed, fires, held, machine, passes, redrive, run, run_as, start, stop,
};
use crate::NotRedrivable;

const TASK: &str = r#""Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true"#;

#[test]
fn the_state_that_failed_is_tried_again_with_all_its_attempts() {
    check_history(
        &format!(
            r#"{{"A": {{"Type": "Pass", "Next": "T"}},
                "T": {{{TASK}, "Retry": [{{"ErrorEquals": ["E"], "MaxAttempts": 1}}]}}}}"#
        ),
        &[
            start(json!({})),
            failed(1, "E"),
            fires(),
            failed(2, "E"),
            redrive(),
            failed(3, "E"),
            fires(),
            done(4, json!(1)),
        ],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 PassStateEntered A {}
            3 < 2 PassStateExited A {}
            4 < 3 TaskStateEntered T {}
            5 < 4 TaskScheduled {}
            6 < 5 TaskStarted
            7 < 6 TaskFailed E cause
            8 < 7 TaskScheduled {}
            9 < 8 TaskStarted
            10 < 9 TaskFailed E cause
            11 < 10 ExecutionFailed E cause
            12 < 11 ExecutionRedriven redriveCount 1
            13 < 4 TaskScheduled {}
            14 < 13 TaskStarted
            15 < 14 TaskFailed E cause
            16 < 15 TaskScheduled {}
            17 < 16 TaskStarted
            18 < 17 TaskSucceeded 1
            19 < 18 TaskStateExited T 1
            20 < 19 ExecutionSucceeded 1
        "#]],
    );
}

#[test]
fn only_the_iterations_that_did_not_end_run_again() {
    let map = format!(
        r#"{{"M": {{"Type": "Map", "MaxConcurrency": 2, "End": true, "ItemProcessor": {{
            "StartAt": "T", "States": {{"T": {{{TASK}}}}}}}}}}}"#
    );
    let given = [
        start(json!([1, 2, 3])),
        done(1, json!("a")),
        failed(2, "E"),
        redrive(),
        done(4, json!("b")),
        done(5, json!("c")),
    ];
    let lines = held(&machine(&map), &given).lines;
    assert!(lines.contains(r#"succeed ["a","b","c"]"#), "{lines}");
    assert_eq!(lines.matches("invoke T").count(), 5, "{lines}");
}

#[test]
fn an_execution_that_was_stopped_goes_on_in_every_branch() {
    let parallel = format!(
        r#"{{"P": {{"Type": "Parallel", "End": true, "Branches": [
            {{"StartAt": "T", "States": {{"T": {{{TASK}}}}}}},
            {{"StartAt": "W", "States": {{"W": {{"Type": "Wait", "Seconds": 5, "End": true}}}}}}]}}}}"#
    );
    let given = [start(json!({})), stop(), redrive(), done(2, json!(1)), fires()];
    let lines = held(&machine(&parallel), &given).lines;
    assert!(lines.contains("succeed [1,{}]"), "{lines}");
}

#[test]
fn not_every_execution_can_be_redriven() {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let fails = machine(r#"{"F": {"Type": "Fail", "Error": "E"}}"#);
    let passed = machine(r#"{"S": {"Type": "Succeed"}}"#);
    let waits = machine(r#"{"W": {"Type": "Wait", "Seconds": 9, "End": true}}"#);
    let begun = [start(json!({}))];
    for (execution, days, expected) in [
        (run(&fails, &begun).execution, 0, Ok(())),
        (run(&fails, &begun).execution, 14, Ok(())),
        (run(&fails, &begun).execution, 15, Err(NotRedrivable::TooLate)),
        (run(&fails, &begun).execution, 365, Err(NotRedrivable::TooOld)),
        (run(&passed, &begun).execution, 0, Err(NotRedrivable::Succeeded)),
        (run(&waits, &begun).execution, 0, Err(NotRedrivable::Running)),
        (run_as(&fails, &begun, ExecutionType::Express).execution, 0, Err(NotRedrivable::Express)),
    ] {
        let now = super::harness::NOW.plus_millis(days * DAY);
        assert_eq!(execution.redrivability(now), expected, "after {days} days");
    }
    let late = [start(json!({})), passes(DAY), redrive()];
    assert!(run(&passed, &late).lines.contains("refused"));
}

/// As AWS recorded it in September 2026, but for the tasks' own events.
#[test]
fn branches_go_on_where_they_were_entered() {
    let branch =
        |name: &str| format!(r#"{{"StartAt": "{name}", "States": {{"{name}": {{{TASK}}}}}}}"#);
    check_history(
        &format!(
            r#"{{"P": {{"Type": "Parallel", "End": true, "Branches": [{}, {}, {}]}}}}"#,
            branch("S"),
            branch("F"),
            branch("A")
        ),
        &[
            start(json!({})),
            done(1, json!("preserved")),
            failed(2, "E"),
            redrive(),
            done(5, json!("A")),
            done(4, json!("F")),
        ],
        expect![[r#"
            1 < 0 ExecutionStarted {}
            2 < 0 ParallelStateEntered P {}
            3 < 2 ParallelStateStarted
            4 < 3 TaskStateEntered S {}
            5 < 4 TaskScheduled {}
            6 < 5 TaskStarted
            7 < 3 TaskStateEntered F {}
            8 < 7 TaskScheduled {}
            9 < 8 TaskStarted
            10 < 3 TaskStateEntered A {}
            11 < 10 TaskScheduled {}
            12 < 11 TaskStarted
            13 < 6 TaskSucceeded "preserved"
            14 < 13 TaskStateExited S "preserved"
            15 < 9 TaskFailed E cause
            16 < 15 TaskStateAborted
            17 < 15 TaskStateAborted
            18 < 15 ParallelStateFailed
            19 < 18 ExecutionFailed E cause
            20 < 19 ExecutionRedriven redriveCount 1
            21 < 7 TaskScheduled {}
            22 < 21 TaskStarted
            23 < 10 TaskScheduled {}
            24 < 23 TaskStarted
            25 < 24 TaskSucceeded "A"
            26 < 25 TaskStateExited A "A"
            27 < 22 TaskSucceeded "F"
            28 < 27 TaskStateExited F "F"
            29 < 28 ParallelStateSucceeded
            30 < 28 ParallelStateExited P ["preserved","F","A"]
            31 < 30 ExecutionSucceeded ["preserved","F","A"]
        "#]],
    );
}

/// As recorded in September 2026.
#[test]
fn a_failed_iteration_and_its_siblings_are_told_of_in_their_order() {
    check_history(
        &format!(
            r#"{{"M": {{"Type": "Map", "End": true, "ItemProcessor": {{
            "StartAt": "T", "States": {{"T": {{{TASK}}}}}}}}}}}"#
        ),
        &[start(json!([1, 2])), failed(2, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2]
            2 < 0 MapStateEntered M [1,2]
            3 < 2 MapStateStarted length 2
            4 < 3 MapIterationStarted M index 0
            5 < 3 MapIterationStarted M index 1
            6 < 4 TaskStateEntered T 1
            7 < 6 TaskScheduled 1
            8 < 7 TaskStarted
            9 < 5 TaskStateEntered T 2
            10 < 9 TaskScheduled 2
            11 < 10 TaskStarted
            12 < 11 TaskFailed E cause
            13 < 12 MapIterationAborted M index 0
            14 < 12 TaskStateAborted
            15 < 12 MapIterationFailed M index 1
            16 < 12 TaskStateAborted
            17 < 12 MapStateFailed
            18 < 17 ExecutionFailed E cause
        "#]],
    );
}

#[test]
fn iterations_go_on_where_they_were_entered() {
    check_history(
        &format!(
            r#"{{"M": {{"Type": "Map", "MaxConcurrency": 1, "End": true, "ItemProcessor": {{
            "StartAt": "T", "States": {{"T": {{{TASK}}}}}}}}}}}"#
        ),
        &[
            start(json!([1, 2, 3])),
            done(1, json!("a")),
            failed(2, "E"),
            redrive(),
            done(3, json!("b")),
            done(4, json!("c")),
        ],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2,3]
            2 < 0 MapStateEntered M [1,2,3]
            3 < 2 MapStateStarted length 3
            4 < 3 MapIterationStarted M index 0
            5 < 4 TaskStateEntered T 1
            6 < 5 TaskScheduled 1
            7 < 6 TaskStarted
            8 < 7 TaskSucceeded "a"
            9 < 8 TaskStateExited T "a"
            10 < 9 MapIterationSucceeded M index 0
            11 < 9 MapIterationStarted M index 1
            12 < 11 TaskStateEntered T 2
            13 < 12 TaskScheduled 2
            14 < 13 TaskStarted
            15 < 14 TaskFailed E cause
            16 < 15 MapIterationFailed M index 1
            17 < 15 TaskStateAborted
            18 < 15 MapStateFailed
            19 < 18 ExecutionFailed E cause
            20 < 19 ExecutionRedriven redriveCount 1
            21 < 12 TaskScheduled 2
            22 < 21 TaskStarted
            23 < 22 TaskSucceeded "b"
            24 < 23 TaskStateExited T "b"
            25 < 24 MapIterationSucceeded M index 1
            26 < 24 MapIterationStarted M index 2
            27 < 26 TaskStateEntered T 3
            28 < 27 TaskScheduled 3
            29 < 28 TaskStarted
            30 < 29 TaskSucceeded "c"
            31 < 30 TaskStateExited T "c"
            32 < 31 MapIterationSucceeded M index 2
            33 < 32 MapStateSucceeded
            34 < 32 MapStateExited M ["a","b","c"]
            35 < 34 ExecutionSucceeded ["a","b","c"]
        "#]],
    );
}
