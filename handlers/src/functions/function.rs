//! What a handler is from outside: JSON in, JSON or a named error out.

use async_trait::async_trait;
use atlas_asl::builder::ErrorNames;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::raised::Raised;

/// A handler, built once and invoked as often as needed, also at once.
#[async_trait]
pub trait Function: Send + Sync {
    /// Takes one payload.
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError>;
}

/// An error as Lambda carries it: `{"errorType": …, "errorMessage": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{error_type}: {error_message}")]
#[serde(rename_all = "camelCase")]
pub struct FunctionError {
    /// The contract's name: `Retry` and `Catch` match on it.
    pub error_type: String,
    /// What happened, for a person; nothing secret or personal.
    pub error_message: String,
}

impl<E: ErrorNames> From<Raised<E>> for FunctionError {
    fn from(raised: Raised<E>) -> Self {
        Self { error_type: raised.error.name().to_owned(), error_message: raised.cause }
    }
}

/// Reads a payload. What stands in it is not repeated, only where it does not fit.
pub(super) fn parse<I: DeserializeOwned, E: ErrorNames>(
    payload: Value,
    invalid_input: E,
) -> Result<I, Raised<E>> {
    serde_path_to_error::deserialize(payload).map_err(|error| {
        let place = error.path().to_string();
        // Serde's other words may quote the payload; the name of a field is ours.
        let missing = error.inner().to_string();
        let missing = missing.strip_prefix("missing field ");
        let what = missing.map(|field| format!("; it has no {field}")).unwrap_or_default();
        Raised::new(invalid_input, format!("the payload broke the contract at `{place}`{what}"))
    })
}

/// The answer as JSON.
pub(super) fn answer(output: impl Serialize) -> Value {
    serde_json::to_value(output).expect("what a handler answers is JSON")
}

#[cfg(test)]
mod tests {
    use definitions::contract::{UpdateLeadError, UpdateLeadInput};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_that_does_not_fit_is_not_repeated() {
        let check = |payload: Value, expected: &str| {
            let read = parse::<UpdateLeadInput, _>(payload, UpdateLeadError::InputInvalid);
            let error = FunctionError::from(read.unwrap_err());
            let wire = json!({"errorType": "Input.Invalid", "errorMessage": expected});
            assert_eq!(serde_json::to_value(error).unwrap(), wire);
        };
        let attempt = json!({"interactionKey": "k", "leadId": "00Q", "attempt": "ada@example.com",
            "outcome": "BUSY"});
        check(attempt, "the payload broke the contract at `attempt`");
        check(
            json!({"interactionKey": "k"}),
            "the payload broke the contract at `.`; it has no `leadId`",
        );
        check(json!("+14155550123"), "the payload broke the contract at `.`");
    }
}
