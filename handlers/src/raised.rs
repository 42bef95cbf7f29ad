//! An error of a step on its way to Step Functions: its contract name, and a cause that helps.

use std::fmt;

use atlas_asl::builder::ErrorNames;
use lambda_runtime::Diagnostic;

/// One of the errors that a step's contract names, with its cause.
///
/// The cause reaches histories and logs: nothing secret or personal may stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised<E> {
    /// Which error: `Retry` and `Catch` match on its name.
    pub error: E,
    /// What happened, for a person.
    pub cause: String,
}

impl<E: ErrorNames> Raised<E> {
    /// An error with its cause.
    pub fn new(error: E, cause: impl Into<String>) -> Self {
        Self { error, cause: cause.into() }
    }
}

impl<E: ErrorNames> fmt::Display for Raised<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error.name(), self.cause)
    }
}

impl<E: ErrorNames + fmt::Debug> std::error::Error for Raised<E> {}

impl<E: ErrorNames> From<Raised<E>> for Diagnostic {
    /// Without this the runtime names an error after its Rust type, which no `Catch` can match.
    fn from(raised: Raised<E>) -> Self {
        Self { error_type: raised.error.name().to_owned(), error_message: raised.cause }
    }
}

#[cfg(test)]
mod tests {
    use definitions::contract::CreateLeadError;

    use super::*;

    #[test]
    fn an_error_reaches_the_wire_under_its_contract_name() {
        let raised = Raised::new(CreateLeadError::Throttled, "the org's request limit is used up");
        let wire = serde_json::to_value(Diagnostic::from(raised)).unwrap();
        assert_eq!(
            wire,
            serde_json::json!({
                "errorType": "Salesforce.Throttled",
                "errorMessage": "the org's request limit is used up",
            })
        );
    }
}
