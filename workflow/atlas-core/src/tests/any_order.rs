//! Facts in any order, late and repeated ones too: nothing panics, nothing is left behind, and every
//! prefix recovers. The harness says so for each run.

use proptest::prelude::*;
use serde_json::json;

use super::harness::{
    Given, beat, child_done, child_failed, done, failed, failed_without_words, fires, held,
    machine, passes, redrive, scheduled, start, stop, submitted, taken, timer,
};

/// Everything that can run beside something else, with retriers, catchers and every kind of timer.
const SIDE_BY_SIDE: &str = r#"{"TimeoutSeconds": 300, "StartAt": "P", "States": {
    "P": {"Type": "Parallel", "Next": "Z", "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 2}],
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Z"}], "Branches": [
        {"StartAt": "T", "States": {
            "T": {"Type": "Task", "TimeoutSeconds": 20, "HeartbeatSeconds": 8, "Next": "W",
                "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "ResultPath": "$.t",
                "Retry": [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1},
                    {"ErrorEquals": ["States.ALL"], "JitterStrategy": "FULL"}]},
            "W": {"Type": "Wait", "Seconds": 5, "End": true}}},
        {"StartAt": "M", "States": {
            "M": {"Type": "Map", "MaxConcurrency": 2, "ItemsPath": "$.items", "Next": "R",
                "ItemSelector": {"v.$": "$$.Map.Item.Value"}, "ResultPath": "$.m",
                "Retry": [{"ErrorEquals": ["F"], "MaxAttempts": 1}],
                "ItemProcessor": {"StartAt": "Q", "States": {
                    "Q": {"Type": "Parallel", "End": true, "Branches": [
                        {"StartAt": "A", "States": {"A": {"Type": "Task", "End": true,
                            "Resource": "arn:aws:states:us-east-1:111111111111:activity:a",
                            "Catch": [{"ErrorEquals": ["E"], "Next": "V"}]},
                            "V": {"Type": "Wait", "Seconds": 3, "End": true}}},
                        {"StartAt": "B", "States": {"B": {"Type": "Wait", "Seconds": 1,
                            "End": true}}}]}}}},
            "R": {"Type": "Map", "ItemsPath": "$.items", "End": true, "Label": "R",
                "ToleratedFailureCount": 1, "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "C", "States": {"C": {"Type": "Task", "TimeoutSeconds": 9, "End": true,
                    "Resource": "arn:aws:lambda:us-east-1:111111111111:function:f"}}}}}}]},
    "Z": {"Type": "Succeed"}}}"#;

fn given() -> impl Strategy<Value = Given> {
    let task = 1u32..16;
    prop_oneof![
        8 => task.clone().prop_map(|task| done(task, json!({"task": task}))),
        2 => task.clone().prop_map(|task| failed(task, "E")),
        2 => task.clone().prop_map(|task| failed(task, "F")),
        1 => task.clone().prop_map(failed_without_words),
        1 => task.clone().prop_map(|task| submitted(task, json!({}))),
        2 => task.clone().prop_map(scheduled),
        1 => task.clone().prop_map(taken),
        2 => task.prop_map(beat),
        3 => (1u32..8).prop_map(|child| child_done(child, json!({"child": child}))),
        2 => (1u32..8).prop_map(|child| child_failed(child, "E")),
        1 => Just(redrive()),
        6 => Just(fires()),
        1 => (1u32..30).prop_map(timer),
        2 => (1i64..4_000).prop_map(passes),
        1 => Just(stop()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facts_may_come_in_any_order(facts in prop::collection::vec(given(), 0..40)) {
        let mut all = vec![start(json!({"items": [1, 2, 3]}))];
        all.extend(facts);
        held(&machine(SIDE_BY_SIDE), &all);
    }
}
