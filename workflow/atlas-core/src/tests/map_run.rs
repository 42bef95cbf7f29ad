//! Distributed maps without a reader: their events, what they tolerate, and their batches.

use expect_test::expect;
use serde_json::json;

use super::harness::{
    check, check_ends, check_history, child_done, child_ended, child_failed, done, fires, held,
    machine, redrive, start, stop,
};

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
        &[start(json!([1, 2])), child_done(2, json!("b")), child_done(1, json!("a"))],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2]
            2 < 0 MapStateEntered M [1,2]
            3 < 2 MapStateStarted length 2
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
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
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
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
        &[start(json!([1, 2])), child_failed(2, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2]
            2 < 0 MapStateEntered M [1,2]
            3 < 2 MapStateStarted length 2
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
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
        given.extend((1..=failures).map(|task| child_failed(task, "E")));
        if succeeds {
            given.extend((failures + 1..=4).map(|task| child_done(task, json!(task))));
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
        &[
            start(json!([1, 2, 3])),
            child_done(1, json!("a")),
            child_failed(2, "E"),
            child_done(3, json!("c")),
        ],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2,3]
            2 < 0 MapStateEntered M [1,2,3]
            3 < 2 MapStateStarted length 3
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
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
            6 < 5 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
            7 < 3 WaitStateEntered W [1,2]
            8 < 7 WaitStateExited W [1,2]
            9 < 8 FailStateEntered F [1,2]
            10 < 9 MapRunAborted
            11 < 9 MapStateAborted
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
        &[start(json!([1])), child_failed(1, "E")],
        expect![[r#"
            1 < 0 ExecutionStarted [1]
            2 < 0 MapStateEntered M [1]
            3 < 2 MapStateStarted length 1
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
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
fn a_reader_reads_page_after_page_and_its_failure_has_a_name_of_its_own() {
    let listing = map(r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2",
            "Parameters": {"Bucket.$": "$.bucket"}, "ReaderConfig": {"MaxItems": 3}},
           "ItemSelector": {"k.$": "$$.Map.Item.Value.Key"},"#);
    let page = |keys: [&str; 2], more: bool| {
        let contents: Vec<_> = keys.iter().map(|key| json!({ "Key": key })).collect();
        let token = more.then_some("t");
        json!({ "Contents": contents, "NextContinuationToken": token })
    };
    check(
        &listing,
        &[
            start(json!({"bucket": "b"})),
            done(1, page(["1", "2"], true)),
            done(2, page(["3", "4"], true)),
        ],
        expect![[r#"
            +0s start {"bucket":"b"}
                invoke M #1 {"Bucket":"b"}
            +0s done #1 {"Contents":[{"Key":"1"},{"Key":"2"}],"NextContinuationToken":"t"}
                invoke M #2 {"Bucket":"b","ContinuationToken":"t"}
            +0s done #2 {"Contents":[{"Key":"3"},{"Key":"4"}],"NextContinuationToken":"t"}
                child 1 {"k":"1"}
                child 2 {"k":"2"}
                child 3 {"k":"3"}
        "#]],
    );
    check_history(
        &listing,
        &[start(json!({"bucket": "b"})), super::harness::failed(1, "S3.NoSuchBucket")],
        expect![[r#"
            1 < 0 ExecutionStarted {"bucket":"b"}
            2 < 0 MapStateEntered M {"bucket":"b"}
            3 < 2 MapStateStarted length 0
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
            5 < 4 MapRunFailed States.ItemReaderFailed cause
            6 < 5 MapStateFailed
            7 < 6 ExecutionFailed States.ItemReaderFailed cause
        "#]],
    );
}

#[test]
fn results_are_written_document_by_document() {
    check(
        &map(r#""ToleratedFailureCount": 1, "ResultWriter": {
                "Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "b", "Prefix": "p"},
                "WriterConfig": {"Transformation": "COMPACT", "OutputType": "JSONL"}},"#),
        &[
            start(json!([1, 2])),
            child_done(1, json!({"a": 1})),
            child_failed(2, "E"),
            done(1, json!({})),
            done(2, json!({})),
            done(3, json!({})),
        ],
        expect![[r#"
            +0s start [1,2]
                child 1 1
                child 2 2
            +0s child 1 succeed {"a":1}
            +0s child 2 fail E: cause
                invoke M #1 {"Bucket":"b","Key":"p/4c94c0bd-da79-4d25-b2e2-309b69392a8c/FAILED_0.jsonl","Body":"{\"Cause\":\"cause\",\"Error\":\"E\",\"ExecutionArn\":\"arn:aws:states:us-east-1:111111111111:execution:machine/L:0c281fe9-0f44-43fa-90b1-53b8e3076d4f\",\"Input\":\"2\",\"InputDetails\":{\"Included\":true},\"Name\":\… 637 bytes
            +0s done #1 {}
                invoke M #2 {"Bucket":"b","Key":"p/4c94c0bd-da79-4d25-b2e2-309b69392a8c/SUCCEEDED_0.jsonl","Body":"{\"a\":1}\n"}
            +0s done #2 {}
                invoke M #3 {"Bucket":"b","Key":"p/4c94c0bd-da79-4d25-b2e2-309b69392a8c/manifest.json","Body":"{\"DestinationBucket\":\"b\",\"MapRunArn\":\"arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c\",\"ResultFiles\":{\"FAILED\":[{\"Key\":\"p/4c94c0bd-da79-4d25-b2e2-309b69392a8c… 449 bytes
            +0s done #3 {}
                succeed {"MapRunArn":"arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c","ResultWriterDetails":{"Bucket":"b","Key":"p/4c94c0bd-da79-4d25-b2e2-309b69392a8c/manifest.json"}}
        "#]],
    );
    check_ends(&[(
        "without a bucket the results are only shaped",
        &map(r#""ResultWriter": {"WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSON"}},"#)
            .replace(r#""Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage""#, r#""Type": "Pass""#),
        json!([[1, 2], 3]),
        "succeed [1,2,3]",
    )]);
}

#[test]
fn a_redriven_run_goes_on_with_what_did_not_end_well() {
    check_history(
        &map(r#""MaxConcurrency": 2,"#),
        &[
            start(json!([1, 2, 3])),
            child_done(1, json!("a")),
            child_failed(2, "E"),
            redrive(),
            child_ended(
                2,
                1,
                crate::Outcome::Succeeded { output: crate::Payload::from(json!("b")) },
            ),
            child_ended(
                3,
                1,
                crate::Outcome::Succeeded { output: crate::Payload::from(json!("c")) },
            ),
        ],
        expect![[r#"
            1 < 0 ExecutionStarted [1,2,3]
            2 < 0 MapStateEntered M [1,2,3]
            3 < 2 MapStateStarted length 3
            4 < 3 MapRunStarted arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c
            5 < 4 MapRunFailed States.ExceedToleratedFailureThreshold The specified tolerated failure threshold was exceeded
            6 < 5 MapStateFailed
            7 < 6 ExecutionFailed States.ExceedToleratedFailureThreshold The specified tolerated failure threshold was exceeded
            8 < 7 ExecutionRedriven redriveCount 1
            9 < 8 MapRunRedriven arn:aws:states:us-east-1:111111111111:mapRun:machine/L:4c94c0bd-da79-4d25-b2e2-309b69392a8c redriveCount 1
            10 < 9 MapRunSucceeded
            11 < 10 MapStateSucceeded
            12 < 10 MapStateExited M ["a","b","c"]
            13 < 12 ExecutionSucceeded ["a","b","c"]
        "#]],
    );
    let run = held(
        &machine(&map("")),
        &[start(json!([1, 2])), child_done(1, json!("a")), stop(), redrive()],
    );
    assert!(run.lines.contains("child 2 redrive 1"), "{}", run.lines);
    let counted = &run.execution.map_runs()[0];
    assert_eq!((counted.executions.running, counted.executions.succeeded), (1, 1));
    assert_eq!((counted.executions.aborted, counted.redrive_count), (0, 1));
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
            &[start(json!([1, 2, 3, 4])), child_failed(1, "E"), child_done(2, json!(2))],
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
            r#"succeed [{"BatchInput":{"of":"lead"},"Items":[{"v":"a","i":0},{"v":"b","i":1}]},{"BatchInput":{"of":"lead"},"Items":[{"v":"c","i":2}]}]"#,
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

#[test]
fn a_reader_reads_the_objects_that_a_listing_or_a_manifest_names() {
    let selects = r#""ItemSelector": {"v.$": "$$.Map.Item.Value"},"#;
    let listing = map(&format!(
        r#""ItemReader": {{"Resource": "arn:aws:states:::s3:listObjectsV2",
            "Parameters": {{"Bucket": "b", "Prefix": "in/"}},
            "ReaderConfig": {{"InputType": "JSONL", "Transformation": "LOAD_AND_FLATTEN",
                              "MaxItems": 3}}}}, {selects}"#
    ));
    let page = |keys: &[&str], token: Option<&str>| {
        let contents: Vec<_> = keys.iter().map(|key| json!({ "Key": key })).collect();
        json!({ "Contents": contents, "NextContinuationToken": token })
    };
    check(
        &listing,
        &[
            start(json!({})),
            done(1, page(&["in/", "in/1"], Some("t"))),
            done(2, page(&["in/2", "in/3"], None)),
            done(3, json!({ "Body": "1\n2\n" })),
            done(4, json!({ "Body": "3\n4\n" })),
        ],
        expect![[r#"
            +0s start {}
                invoke M #1 {"Bucket":"b","Prefix":"in/"}
            +0s done #1 {"Contents":[{"Key":"in/"},{"Key":"in/1"}],"NextContinuationToken":"t"}
                invoke M #2 {"Bucket":"b","Prefix":"in/","ContinuationToken":"t"}
            +0s done #2 {"Contents":[{"Key":"in/2"},{"Key":"in/3"}],"NextContinuationToken":null}
                invoke M #3 {"Bucket":"b","Key":"in/1"}
            +0s done #3 {"Body":"1\n2\n"}
                invoke M #4 {"Bucket":"b","Key":"in/2"}
            +0s done #4 {"Body":"3\n4\n"}
                child 1 {"v":1}
                child 2 {"v":2}
                child 3 {"v":3}
        "#]],
    );
    for (config, manifest) in [
        (
            r#"{"InputType": "MANIFEST"}"#,
            r#"{"destinationBucket":"arn:aws:s3:::i","fileFormat":"CSV","fileSchema":"Key, Size","files":[{"key":"1.csv"}]}"#,
        ),
        (
            r#"{"ManifestType": "ATHENA_DATA", "InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["Key", "Size"]}"#,
            "s3://i/1.csv\n",
        ),
    ] {
        let machine = map(&format!(
            r#""ItemReader": {{"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {config},
                "Parameters": {{"Bucket": "b", "Key": "m"}}}}, {selects}"#
        ));
        let steps = [
            start(json!({})),
            done(1, json!({ "Body": manifest })),
            done(2, json!({ "Body": "\"a,b\",1\n" })),
        ];
        let told = super::harness::held(&super::harness::machine(&machine), &steps).lines;
        assert!(told.contains(r#"invoke M #2 {"Bucket":"i","Key":"1.csv"}"#), "{told}");
        assert!(told.contains(r#"child 1 {"v":{"Key":"a,b","Size":"1"}}"#), "{told}");
    }
}
