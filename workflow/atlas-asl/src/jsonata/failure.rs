//! How an evaluation can fail, and the sentence that AWS writes for it.

use serde_json::Value;

/// The error name under which Step Functions reports each of these failures.
pub const QUERY_EVALUATION_ERROR: &str = "States.QueryEvaluationError";

/// What went wrong inside an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct EvaluationFailure {
    /// The code that JSONata gives the error, such as `T2001`. A bound that was exceeded has none.
    pub code: Option<String>,
    /// The message without the code.
    pub message: String,
}

impl EvaluationFailure {
    pub(super) fn coded(code: &str, message: impl Into<String>) -> Self {
        Self { code: Some(code.to_owned()), message: message.into() }
    }

    pub(super) fn bound(message: &str) -> Self {
        Self { code: None, message: message.to_owned() }
    }
}

/// Why a field that holds an expression has no usable value.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldFailure {
    /// The expression is undefined.
    Undefined,
    /// The expression is a function, which is no JSON.
    Unsupported,
    /// The value is not of the type that the field takes.
    UnexpectedType {
        /// The type that the field takes, such as `array`.
        expected: &'static str,
        /// What the expression gave.
        value: Value,
    },
    /// The value is of the type that the field takes, and out of the range that it takes.
    UnexpectedValue {
        /// What the field takes, such as `a number from 0 to 100`.
        expected: &'static str,
        /// What the expression gave.
        value: Value,
    },
    /// The evaluation ended with an error.
    Threw(EvaluationFailure),
}

/// The sentence that AWS writes, for the text of an expression without its delimiters and the path
/// of the field that it stands in, such as `Output/result` or `Choices[1]/Condition`.
#[must_use]
pub fn describe(failure: &FieldFailure, source: &str, field: &str) -> String {
    let outcome = match failure {
        FieldFailure::Undefined => "returned nothing (undefined).".to_owned(),
        FieldFailure::Unsupported => "returned an unsupported result type.".to_owned(),
        FieldFailure::UnexpectedType { expected, value } => format!(
            "returned an unexpected result type. Expected '{expected}', but was '{}' for value: {value}",
            type_name(value)
        ),
        // No words of AWS's for it are known; these are ours.
        FieldFailure::UnexpectedValue { expected, value } => {
            format!("returned an unexpected value. Expected {expected}, but was: {value}")
        }
        FieldFailure::Threw(EvaluationFailure { code: Some(code), message }) => {
            format!("threw an error during evaluation. {code}: {message}")
        }
        FieldFailure::Threw(EvaluationFailure { code: None, message }) => {
            format!("threw an error during evaluation: {message}")
        }
    };
    format!("The JSONata expression '{source}' specified for the field '{field}' {outcome}")
}

/// The name of a value's type, as `$type` gives it.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(failure: &FieldFailure, source: &str, field: &str, expected: &str) {
        assert_eq!(describe(failure, source, field), expected);
    }

    /// The first four are recorded (v2-assign, v2-scenarios), the others reported in floci-io/floci,
    /// issue 2737; that of an unexpected value is ours.
    #[test]
    fn each_failure_reads_as_aws_writes_it() {
        check(
            &FieldFailure::Undefined,
            "$doesNotExist",
            "Output/result",
            "The JSONata expression '$doesNotExist' specified for the field 'Output/result' returned nothing (undefined).",
        );
        check(
            &FieldFailure::Unsupported,
            "$fn := function($x){$x}",
            "Items",
            "The JSONata expression '$fn := function($x){$x}' specified for the field 'Items' returned an unsupported result type.",
        );
        check(
            &FieldFailure::UnexpectedType { expected: "array", value: json!({"foo": "bar"}) },
            "{'foo': 'bar'}",
            "Items",
            r#"The JSONata expression '{'foo': 'bar'}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'object' for value: {"foo":"bar"}"#,
        );
        check(
            &FieldFailure::UnexpectedType { expected: "array", value: json!("string") },
            "'string'",
            "Items",
            r#"The JSONata expression ''string'' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'string' for value: "string""#,
        );
        check(
            &FieldFailure::UnexpectedValue { expected: "a whole number", value: json!(1.5) },
            "3 / 2",
            "Seconds",
            "The JSONata expression '3 / 2' specified for the field 'Seconds' returned an unexpected value. Expected a whole number, but was: 1.5",
        );
        check(
            &FieldFailure::Threw(EvaluationFailure::coded(
                "T1006",
                "Attempted to invoke a non-function",
            )),
            "$eval(\"1+1\")",
            "Output/r",
            "The JSONata expression '$eval(\"1+1\")' specified for the field 'Output/r' threw an error during evaluation. T1006: Attempted to invoke a non-function",
        );
        check(
            &FieldFailure::Threw(EvaluationFailure::bound(super::super::bounds::MEMORY_EXCEEDED)),
            "[1..900000] ~> $count()",
            "Output/r",
            "The JSONata expression '[1..900000] ~> $count()' specified for the field 'Output/r' threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage",
        );
    }
}
