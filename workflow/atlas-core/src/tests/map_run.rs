//! Distributed maps without a reader: their events, what they tolerate, and their batches.

use expect_test::expect;
use serde_json::json;

use super::harness::{check_ends, check_history, done, failed, fires, held, machine, start};

fn map(fields: &str) -> String {
    format!(
        r#"{{"M": {{"Type": "Map", "Label": "L", {fields} "End": true, "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "A", "States": {{"A": {{"Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage", "End": true}}}}}}}}}}"#
    )
}

#[test]
fn a_map_run_tells_of_itself_alone() {
    check_history(
        &map(""),
        &[start(json!([1, 2])), done(2, json!("b")), done(1, json!("a"))],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2]
            2 < 0 MapStateEntered M [1,2]
            3 < 2 MapStateStarted length 2
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bdda796d25-1
            5 < 4 MapRunSucceeded
            6 < 5 MapStateSucceeded
            7 < 5 MapStateExited M ["a","b"]
            8 < 7 ExecutionSucceeded ["a","b"]
        "#]],
    );
    check_history(
        &map(""),
        &[start(json!([]))],
        expect![[r#"
        1 < 0 ExecutionStarted []
        2 < 0 MapStateEntered M []
        3 < 2 MapStateStarted length 0
        4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bdda796d25-1
        5 < 4 MapRunSucceeded
        6 < 5 MapStateSucceeded
        7 < 5 MapStateExited M []
        8 < 7 ExecutionSucceeded []
    "#]],
    );
}

#[test]
fn more_failures_than_are_tolerated_fail_the_run() {
    check_history(
        &map(""),
        &[start(json!([1, 2])), failed(2, "E")],
        expect![[r#"
        1 < 0 ExecutionStarted [1,2]
        2 < 0 MapStateEntered M [1,2]
        3 < 2 MapStateStarted length 2
        4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bdda796d25-1
        5 < 4 MapRunFailed States.ExceedToleratedFailureThreshold The specified tolerated failure threshold was exceeded
        6 < 5 MapStateFailed
        7 < 6 ExecutionFailed States.ExceedToleratedFailureThreshold The specified tolerated failure threshold was exceeded
    "#]],
    );
    let rows = [
        (r#""ToleratedFailureCount": 1,"#, 1, true),
        (r#""ToleratedFailureCount": 1,"#, 2, false),
        (r#""ToleratedFailurePercentage": 50,"#, 2, true),
        (r#""ToleratedFailurePercentage": 50,"#, 3, false),
        (r#""ToleratedFailurePercentage": 74.9,"#, 3, false),
        (r#""ToleratedFailurePercentage": 100,"#, 4, true),
        (r#""ToleratedFailureCount": 3, "ToleratedFailurePercentage": 25,"#, 2, false),
        (r#""ToleratedFailureCount": 1, "ToleratedFailurePercentage": 100,"#, 2, false),
    ];
    for (fields, failures, succeeds) in rows {
        let mut given = vec![start(json!([1, 2, 3, 4]))];
        given.extend((1..=failures).map(|task| failed(task, "E")));
        if succeeds {
            given.extend((failures + 1..=4).map(|task| done(task, json!(task))));
        }
        let run = held(&machine(&map(fields)), &given);
        let expected =
            if succeeds { "succeed" } else { "fail States.ExceedToleratedFailureThreshold" };
        assert!(run.lines.contains(expected), "{fields} {failures}\n{}", run.lines);
    }
}

#[test]
fn a_failure_that_is_tolerated_leaves_no_result() {
    check_history(
        &map(r#""ToleratedFailureCount": 1, "MaxConcurrency": 1,"#),
        &[start(json!([1, 2, 3])), done(1, json!("a")), failed(2, "E"), done(3, json!("c"))],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2,3]
            2 < 0 MapStateEntered M [1,2,3]
            3 < 2 MapStateStarted length 3
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bdda796d25-1
            5 < 4 MapRunSucceeded
            6 < 5 MapStateSucceeded
            7 < 5 MapStateExited M ["a","c"]
            8 < 7 ExecutionSucceeded ["a","c"]
        "#]],
    );
}

#[test]
fn a_run_beside_a_branch_that_fails_is_aborted() {
    let map = map("");
    check_history(
        &format!(
            r#"{{"P": {{"Type": "Parallel", "End": true, "Branches": [
                {{"StartAt": "M", "States": {map}}},
                {{"StartAt": "W", "States": {{"W": {{"Type": "Wait", "Seconds": 1, "Next": "F"}},
                    "F": {{"Type": "Fail", "Error": "E"}}}}}}]}}}}"#
        ),
        &[start(json!([1, 2])), fires()],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2]
            2 < 0 ParallelStateEntered P [1,2]
            3 < 2 ParallelStateStarted
            4 < 3 MapStateEntered M [1,2]
            5 < 4 MapStateStarted length 2
            6 < 5 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bdda796d25-2
            7 < 3 WaitStateEntered W [1,2]
            8 < 7 WaitStateExited W [1,2]
            9 < 8 FailStateEntered F [1,2]
            10 < 6 MapRunAborted
            11 < 10 MapStateAborted
            12 < 9 ParallelStateFailed
            13 < 12 ExecutionFailed E
        "#]],
    );
}

#[test]
fn what_is_around_a_run_can_catch_its_failure() {
    check_history(
        r#"{"M": {"Type": "Map", "Label": "L", "End": true,
            "Catch": [{"ErrorEquals": ["States.ExceedToleratedFailureThreshold"], "Next": "C"}],
            "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "E"}}}},
            "C": {"Type": "Succeed"}}"#,
        &[start(json!([1]))],
        expect![[r#"
            1 < 0 ExecutionStarted [1]
            2 < 0 MapStateEntered M [1]
            3 < 2 MapStateStarted length 1
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bdda796d25-1
            5 < 4 MapRunFailed States.ExceedToleratedFailureThreshold The specified tolerated failure threshold was exceeded
            6 < 5 MapStateFailed
            7 < 6 MapStateExited M {"Error":"States.ExceedToleratedFailureThreshold","Cause":"The specified tolerated failure threshold was exceeded"}
            8 < 7 SucceedStateEntered C {"Error":"States.ExceedToleratedFailureThreshold","Cause":"The specified tolerated failure threshold was exceeded"}
            9 < 8 SucceedStateExited C {"Error":"States.ExceedToleratedFailureThreshold","Cause":"The specified tolerated failure threshold was exceeded"}
            10 < 9 ExecutionSucceeded {"Error":"States.ExceedToleratedFailureThreshold","Cause":"The specified tolerated failure threshold was exceeded"}
        "#]],
    );
}

#[test]
fn a_reader_is_refused_with_what_to_do_instead() {
    check_ends(&[(
        "there is no store to read from",
        &map(r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {}},"#),
        json!({}),
        "fail States.Runtime: An error occurred while executing the state 'M' (entered at the event \
         id #2). The ItemReader `arn:aws:states:::s3:getObject` cannot be called here; give the \
         items in the input, or run the machine on AWS.",
    )]);
}

#[test]
fn every_item_of_a_batch_that_fails_has_failed() {
    for (tolerated, expected) in
        [(1, "fail States.ExceedToleratedFailureThreshold"), (2, "succeed [")]
    {
        let run = held(
            &machine(&map(&format!(
                r#""ItemBatcher": {{"MaxItemsPerBatch": 2}}, "ToleratedFailureCount": {tolerated},"#
            ))),
            &[start(json!([1, 2, 3, 4])), failed(1, "E"), done(2, json!(2))],
        );
        assert!(run.lines.contains(expected), "{tolerated}\n{}", run.lines);
    }
}

#[test]
fn items_are_selected_one_by_one_and_then_batched() {
    check_ends(&[
        (
            "three items in batches of two",
            &map(r#""ItemBatcher": {"MaxItemsPerBatch": 2},"#),
            json!([1, 2, 3]),
            r#"succeed [{"Items":[1,2]},{"Items":[3]}]"#,
        ),
        (
            "with an item selector and an input of the batch",
            &map(
                r#""ItemsPath": "$.items", "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value"},
                   "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"of.$": "$.of"}},"#,
            ),
            json!({"items": ["a", "b", "c"], "of": "lead"}),
            r#"succeed [{"BatchInput":{"of":"lead"},"Items":[{"i":0,"v":"a"},{"i":1,"v":"b"}]},{"BatchInput":{"of":"lead"},"Items":[{"i":2,"v":"c"}]}]"#,
        ),
        (
            "no more bytes than are allowed, but an item at least",
            &map(r#""ItemBatcher": {"MaxInputBytesPerBatch": 60},"#),
            json!(["0123456789", "0123456789", "0123456789", "x".repeat(70)]),
            &format!(
                r#"succeed [{{"Items":["0123456789","0123456789"]}},{{"Items":["0123456789"]}},{{"Items":["{}"]}}]"#,
                "x".repeat(70)
            ),
        ),
        (
            "as many as a path says",
            &map(r#""ItemsPath": "$.items", "ItemBatcher": {"MaxItemsPerBatchPath": "$.n"},"#),
            json!({"items": [1, 2, 3], "n": 3}),
            r#"succeed [{"Items":[1,2,3]}]"#,
        ),
    ]);
}
