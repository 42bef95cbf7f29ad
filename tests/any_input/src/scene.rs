//! The scope that paths and expressions are evaluated in.

use std::cell::Cell;

use atlas_asl::scope::Scope;
use serde_json::{Map, Value, json};

/// A scope of a given input; everything else in it is always the same.
pub(crate) struct Scene {
    input: Value,
    context: Value,
    result: Value,
    error_output: Value,
    variables: Map<String, Value>,
    draws: Cell<u64>,
}

impl Scene {
    pub(crate) fn of(input: Value) -> Self {
        let variables = json!({
            "x": {"y": [1, 2, {"z": "w"}], "n": 5}, "list": [[1], [], {"a": null}],
            "text": "ab,cd é", "string": "hides a function", "zero": 0
        });
        let Value::Object(variables) = variables else {
            unreachable!("it is written as an object")
        };
        Self {
            context: json!({
                "Execution": {"Id": "arn:aws:states:us-east-1:000000000000:execution:m:run",
                    "Name": "run", "Input": input, "StartTime": "2026-11-21T01:00:00Z"},
                "StateMachine": {"Id": "arn:aws:states:us-east-1:000000000000:stateMachine:m", "Name": "m"},
                "State": {"Name": "S", "RetryCount": 0, "EnteredTime": "2026-11-21T01:00:00.5Z"},
                "Map": {"Item": {"Index": 3, "Value": {"a": [1, "x"]}}},
                "Task": {"Token": "token"},
            }),
            input,
            result: json!({"ok": true, "items": [1, 2, 3]}),
            error_output: json!({"Error": "E", "Cause": "because"}),
            variables,
            draws: Cell::new(0),
        }
    }
}

impl Scope for Scene {
    fn input(&self) -> &Value {
        &self.input
    }

    fn context(&self) -> &Value {
        &self.context
    }

    fn result(&self) -> Option<&Value> {
        Some(&self.result)
    }

    fn error_output(&self) -> Option<&Value> {
        Some(&self.error_output)
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }

    fn now_millis(&self) -> i64 {
        1_795_222_800_123
    }

    fn random(&self) -> u64 {
        self.draws.set(self.draws.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        self.draws.get()
    }
}
