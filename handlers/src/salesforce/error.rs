//! What can go wrong with Salesforce, sorted by what a machine can do about it.

use crate::{
    observe::{Code, Failure},
    secrets::SecretsUnavailable,
};

/// What to do about it: each step's contract has an error for each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SalesforceErrorKind {
    /// The secret could not be read.
    SecretsUnavailable,
    /// The assertion was refused, also after the secret was read afresh.
    AuthFailed,
    /// The org's request limit, or its login rate.
    Throttled,
    /// No answer, a 5xx, a locked row.
    Unavailable,
    /// The request was refused, and would be again.
    Rejected,
}

/// An error of Salesforce.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct SalesforceError {
    /// What to do about it.
    pub kind: SalesforceErrorKind,
    /// The code by which logs show it.
    pub code: Code,
    /// For a person. Salesforce's own messages repeat what was sent, so none of them stands here.
    pub cause: String,
}

impl SalesforceError {
    pub(super) fn new(kind: SalesforceErrorKind, code: Code, cause: impl Into<String>) -> Self {
        Self { kind, code, cause: cause.into() }
    }

    pub(super) fn unavailable(code: &str, cause: impl Into<String>) -> Self {
        Self::new(SalesforceErrorKind::Unavailable, Code::new(code), cause)
    }
}

impl Failure for SalesforceError {
    fn code(&self) -> Code {
        self.code.clone()
    }
}

impl From<SecretsUnavailable> for SalesforceError {
    fn from(error: SecretsUnavailable) -> Self {
        let kind = SalesforceErrorKind::SecretsUnavailable;
        Self::new(kind, Code::new("SecretsUnavailable"), error.cause)
    }
}
