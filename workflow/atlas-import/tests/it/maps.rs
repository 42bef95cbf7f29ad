//! Maps: what is rewritten within them, and what their items cost.

use atlas_import::{
    findings::{Code, Rewriting},
    trial::Timed,
};
use serde_json::{Value, json};

use crate::examining::examined;

fn get(result: &str, more: Value) -> Value {
    let mut state = json!({"Type": "Task", "Resource": "arn:aws:states:::dynamodb:getItem",
        "Parameters": {"TableName": "T", "Key": {"id": {"S.$": "$.id"}}}, "ResultPath": result});
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    state
}

/// A Map with two reads for each item that need nothing of each other.
fn machine(config: Value, retry: Value) -> Value {
    json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "ItemsPath": "$.items", "End": true,
    "ResultPath": "$.all",
    "ItemProcessor": {"ProcessorConfig": config, "StartAt": "A", "States": {
        "A": get("$.a", json!({"Retry": retry, "Next": "B"})),
        "B": get("$.b", json!({"Retry": retry, "End": true})),
    }}}}})
}

#[test]
fn what_is_retried_for_one_item_makes_no_difference_to_another() {
    for retry in [
        json!([{"ErrorEquals": ["States.ALL"]}]),
        json!([{"ErrorEquals": ["DynamoDB.ThrottlingException"], "MaxAttempts": 2}]),
        json!([]),
    ] {
        let found = examined(&machine(json!({"Mode": "INLINE"}), retry));
        let mut of_sequences = found.findings.iter().filter(|it| it.code == Code::SequentialStates);
        let finding = of_sequences.next().unwrap();
        assert_eq!(finding.rewriting, Rewriting::Safe, "{finding:#?}");
        let trial = found.trial.unwrap().unwrap();
        assert_eq!(trial.differences, []);
    }
}

#[test]
fn child_executions_are_counted_as_they_are_paid() {
    let timed = |config: Value| -> Timed {
        examined(&machine(config, json!([]))).trial.unwrap().unwrap().timed.unwrap()
    };
    // The Map, and for each of two items both reads.
    let inline = timed(json!({"Mode": "INLINE"}));
    assert_eq!((inline.original_entered, inline.express_children), (5, 0));
    // Here the start of a child is one as well.
    let standard = timed(json!({"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}));
    assert_eq!((standard.original_entered, standard.express_children), (7, 0));
    let express = timed(json!({"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}));
    assert_eq!((express.original_entered, express.express_children), (3, 2));
    for timed in [inline, standard, express] {
        assert_eq!((timed.original_millis, timed.rewritten_millis), (20, 10));
    }
}
