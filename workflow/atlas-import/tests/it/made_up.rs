//! Made-up inputs and answers: machines as people write them come to their end on them.

use serde_json::{Value, json};

use crate::examining::examined_unconfirmed;

/// How many cases there are, how many succeed, and how the first that does not ends.
fn tried(definition: &Value) -> (usize, usize, Option<String>) {
    let trial = examined_unconfirmed(definition).trial.unwrap().unwrap();
    (trial.cases, trial.succeeded, trial.unsuccessful.map(|it| it.ended))
}

fn call(payload: &str, result: &str, next: &str) -> Value {
    json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": result,
        "Parameters": {"FunctionName": "f", "Payload.$": payload}, "Next": next})
}

#[test]
fn results_are_put_side_by_side_into_an_object_that_is_read_as_a_whole() {
    for place in ["results", "all.results", "lists[1].of"] {
        let into = |name: &str| format!("$.{place}.{name}");
        let definition = json!({"StartAt": "A", "States": {
            "A": call("$.order", &into("a"), "B"),
            "B": call("$.order", &into("b"), "Ask"),
            "Ask": {"Type": "Choice", "Default": "Out", "Choices": [
                {"Variable": format!("$.{place}"), "IsPresent": true, "Next": "Out"}]},
            "Out": call(&format!("$.{place}"), "$", "End"),
            "End": {"Type": "Succeed"},
        }});
        let (cases, succeeded, _) = tried(&definition);
        // The three calls fail once each, and the rest goes well.
        assert_eq!(cases - succeeded, 3, "{place}: {cases} cases, {succeeded} succeed");
    }
}

#[test]
fn a_path_deeper_than_anybody_writes_is_not_made_up() {
    let path = format!("$.{}", ["a"; 100_000].join("."));
    let (_, succeeded, ended) = tried(&json!({"StartAt": "A", "States": {
        "A": call(&path, "$.x", "End"), "End": {"Type": "Succeed"},
    }}));
    assert_eq!(succeeded, 0);
    assert!(ended.unwrap().starts_with("FAILED States."));
}
