//! The cause of a failure, taken apart: many are JSON documents of whoever was called.

use serde::Serialize;
use serde_json::Value;

/// So many executions can have failed because of each other before nobody looks further.
const DEEPEST: usize = 16;

/// What a cause that is a document says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explained {
    /// The name of the error: `errorType` of a function, `Error` of an execution, the innermost one.
    pub error: Option<String>,
    /// What went wrong, in the words of whoever failed.
    pub message: Option<String>,
    /// The execution that failed, the innermost one.
    pub execution_arn: Option<String>,
}

/// Takes a cause apart: what a Lambda function raised (`errorType`, `errorMessage`), or what a nested execution
/// failed of (`Error`, `Cause`, `ExecutionArn`), whose own cause may be such a document again.
pub fn explain(cause: &str) -> Option<Explained> {
    let mut explained = Explained::default();
    let mut cause = cause.to_owned();
    for _ in 0..DEEPEST {
        let Ok(Value::Object(document)) = serde_json::from_str(&cause) else { break };
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        if document.contains_key("errorType") || document.contains_key("errorMessage") {
            explained.error = text("errorType").or(explained.error);
            explained.message = text("errorMessage").or(explained.message);
            return Some(explained);
        }
        let Some(arn) = text("ExecutionArn") else { break };
        explained.execution_arn = Some(arn);
        explained.error = text("Error").or(explained.error);
        let Some(inner) = text("Cause") else { return Some(explained) };
        explained.message = Some(inner.clone());
        cause = inner;
    }
    (explained != Explained::default()).then_some(explained)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(cause: &str, error: Option<&str>, message: Option<&str>, arn: Option<&str>) {
        let explained = explain(cause).unwrap_or_default();
        assert_eq!(
            (
                explained.error.as_deref(),
                explained.message.as_deref(),
                explained.execution_arn.as_deref()
            ),
            (error, message, arn),
            "{cause}"
        );
    }

    #[test]
    fn documents_are_taken_apart_down_to_the_innermost() {
        check("it broke", None, None, None);
        check("[1]", None, None, None);
        check(r#"{"a":1}"#, None, None, None);
        let lambda = r#"{"errorType":"Salesforce.RateLimited","errorMessage":"wait","trace":[]}"#;
        check(lambda, Some("Salesforce.RateLimited"), Some("wait"), None);
        let child =
            json!({ "ExecutionArn": "b", "Error": "E", "Cause": lambda, "Status": "FAILED" });
        check(&child.to_string(), Some("Salesforce.RateLimited"), Some("wait"), Some("b"));
        let parent = json!({ "ExecutionArn": "a", "Error": "E", "Cause": child.to_string() });
        check(&parent.to_string(), Some("Salesforce.RateLimited"), Some("wait"), Some("b"));
        check(r#"{"ExecutionArn":"a","Error":"E","Cause":"c"}"#, Some("E"), Some("c"), Some("a"));
        check(r#"{"ExecutionArn":"a","Status":"ABORTED"}"#, None, None, Some("a"));
    }
}
