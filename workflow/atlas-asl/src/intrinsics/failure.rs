//! Why a call is not one, and why a call fails.

use crate::{excerpt::excerpt, text_length::MOST_BYTES};

/// Text that is no call of an intrinsic function.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not an intrinsic function call: {reason} at character {position}", excerpt(.call, *.position))]
pub struct InvalidIntrinsic {
    /// The text.
    pub call: String,
    /// What is wrong with it, and what would have been right.
    pub reason: String,
    /// Where, in characters from 1.
    pub position: usize,
}

/// A call that fails. AWS names the whole expression, also where an inner call is to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The function '{call}' had the following error: {kind}")]
pub struct IntrinsicFailure {
    /// The expression as written.
    pub call: String,
    /// What went wrong.
    pub kind: IntrinsicFailureKind,
}

impl IntrinsicFailure {
    /// The name that `Retry` and `Catch` match.
    pub const fn error_name(&self) -> &'static str {
        match self.kind {
            // AWS reports a missing argument as `States.Runtime`, not as a failure of the function.
            IntrinsicFailureKind::MissingArgument { .. } => "States.Runtime",
            IntrinsicFailureKind::Rejected(_) => "States.IntrinsicFailure",
            IntrinsicFailureKind::TooLong => "States.DataLimitExceeded",
        }
    }
}

/// What went wrong in a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntrinsicFailureKind {
    /// The path of an argument finds nothing.
    #[error(
        "The JsonPath argument for the field '{path}' could not be found in the input '{input}'"
    )]
    MissingArgument {
        /// The path.
        path: String,
        /// What it was applied to, as JSON.
        input: String,
    },
    /// The function cannot do with its arguments what it does.
    #[error("{0}")]
    Rejected(String),
    /// What the function works on or gives is longer than a document may be.
    #[error("a value has more than {MOST_BYTES} bytes")]
    TooLong,
}
