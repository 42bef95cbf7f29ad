//! An error of a step on its way to Step Functions: its contract name, and a cause that helps.

use std::fmt;

use atlas_asl::builder::ErrorNames;

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
