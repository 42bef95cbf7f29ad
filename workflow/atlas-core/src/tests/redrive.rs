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
            13 < 12 TaskScheduled {}
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
