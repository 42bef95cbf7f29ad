//! A scope for the tests, with fixed values.

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::{Evaluated, EvaluationFailure, Expression, Session};
use crate::scope::Scope;

pub(super) struct Fixed {
    input: Value,
    context: Value,
    result: Option<Value>,
    variables: Map<String, Value>,
    draws: Cell<u64>,
}

impl Fixed {
    pub(super) fn new(input: Value) -> Self {
        Self {
            input,
            context: json!({
                "Execution": {"Name": "run", "Input": {"a": 1, "b": [{"c": 2}]}},
                "State": {"Name": "S"},
                "Map": {"Item": {"Index": 3, "Value": {"a": "x"}}},
            }),
            result: None,
            variables: Map::new(),
            draws: Cell::new(0),
        }
    }

    pub(super) fn with_result(mut self, result: Value) -> Self {
        self.result = Some(result);
        self
    }

    pub(super) fn with_variable(mut self, name: &str, value: Value) -> Self {
        self.variables.insert(name.to_owned(), value);
        self
    }

    pub(super) fn evaluate(&self, source: &str) -> Result<Evaluated, EvaluationFailure> {
        let expression = Expression::parse(source).expect(source);
        Session::new(self).evaluate(&expression)
    }
}

impl Scope for Fixed {
    fn input(&self) -> &Value {
        &self.input
    }

    fn context(&self) -> &Value {
        &self.context
    }

    fn result(&self) -> Option<&Value> {
        self.result.as_ref()
    }

    fn error_output(&self) -> Option<&Value> {
        None
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name)
    }

    fn now_millis(&self) -> i64 {
        1_700_000_000_123
    }

    fn random(&self) -> u64 {
        self.draws.set(self.draws.get() + 1);
        self.draws.get()
    }
}
