//! Why a file cannot be read, at its place.

use atlas_asl::diagnostic::Position;

/// A text that is no JSON, no YAML, or more than anybody means.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}:{}: {message}", at.line, at.column)]
pub struct Unreadable {
    /// Where.
    pub at: Position,
    /// What is wrong, and what would have been right.
    pub message: String,
}

impl Unreadable {
    pub(crate) fn new(at: Position, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}
