//! Journals cut short: what a recovery orders again, and what memory a waiting execution keeps.

use atlas_asl::model::ExecutionType;
use serde_json::json;

use super::harness::{execution_of, fires, history, machine, run, start};

const WAITS: &str = r#"{"A": {"Type": "Pass", "Assign": {"x": {"n": 1}}, "Next": "M"},
    "M": {"Type": "Map", "MaxConcurrency": 2, "ItemsPath": "$.items", "End": true, "ItemProcessor": {
        "StartAt": "B", "States": {
            "B": {"Type": "Pass", "Assign": {"y.$": "$"}, "Next": "W"},
            "W": {"Type": "Wait", "Seconds": 5, "Next": "C"},
            "C": {"Type": "Pass", "Parameters": {"x.$": "$x", "y.$": "$y", "i.$": "$$.Map.Item.Value"},
                "End": true}}}}}"#;

#[test]
fn shedding_changes_nothing_that_can_be_seen() {
    let program = machine(WAITS);
    let given = [start(json!({"items": [1, 2, 3]})), fires(), fires(), fires()];
    let whole = run(&program, &given);
    let mut execution = execution_of(&program, ExecutionType::Standard);
    for event in whole.journal {
        crate::step(&mut execution, event);
        execution.shed();
        execution.shed();
    }
    assert_eq!(history(&execution), history(&whole.execution));
}
