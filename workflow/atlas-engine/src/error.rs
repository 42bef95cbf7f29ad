//! What the engine refuses, under AWS's exception names where AWS has them.

use atlas_asl::diagnostic::{Code, Diagnostic};
use atlas_core::NotRedrivable;

use crate::{
    journal::JournalError,
    mocks::{MockFileError, UnknownCase},
    names::InvalidName,
};

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No machine has this ARN or name.
    #[error("State Machine Does Not Exist: '{0}'")]
    StateMachineDoesNotExist(String),
    /// The machine has no version of this ARN.
    #[error("State Machine Version Does Not Exist: '{0}'")]
    VersionDoesNotExist(String),
    /// A machine of this name exists, with another definition.
    #[error("State Machine Already Exists: '{0}'")]
    StateMachineAlreadyExists(String),
    /// The definition cannot be run.
    #[error("Invalid State Machine Definition: '{}'", listed(.0))]
    InvalidDefinition(Vec<Diagnostic>),
    /// No execution has this ARN.
    #[error("Execution Does Not Exist: '{0}'")]
    ExecutionDoesNotExist(String),
    /// An execution of this name exists: it is over, or its input differs.
    #[error("Execution Already Exists: '{0}'")]
    ExecutionAlreadyExists(String),
    /// There are as many executions as the engine takes.
    #[error("Execution Limit Exceeded: '{0}'")]
    ExecutionLimitExceeded(String),
    /// The input is no JSON, or too long.
    #[error("Invalid State Machine Execution Input: '{0}'")]
    InvalidExecutionInput(String),
    /// A name that AWS refuses.
    #[error(transparent)]
    InvalidName(#[from] InvalidName),
    /// No task has ever had this token.
    #[error("Invalid Token: 'Invalid token'")]
    InvalidToken,
    /// The task of this token was given up or has ended.
    #[error("Task Timed Out: 'Provided task does not exist anymore'")]
    TaskTimedOut,
    /// The execution of this token is over.
    #[error("Task does not exist: 'Provided task does not exist anymore'")]
    TaskDoesNotExist,
    /// The output of a task is no JSON, or too long.
    #[error("Invalid Output: '{0}'")]
    InvalidOutput(String),
    /// No activity has this ARN.
    #[error("Activity Does Not Exist: '{0}'")]
    ActivityDoesNotExist(String),
    /// A version or an alias is not what the caller takes it for.
    #[error("{0}")]
    Conflict(String),
    /// No alias, version or map run has this ARN.
    #[error("Resource not found: '{0}'")]
    ResourceNotFound(String),
    /// The execution cannot be redriven.
    #[error("{0}")]
    NotRedrivable(#[from] NotRedrivable),
    /// There are as many as AWS allows.
    #[error("{0}")]
    ServiceQuotaExceeded(String),
    /// The request contradicts itself.
    #[error("{0}")]
    Validation(String),
    /// The same, for a reason that AWS has a name for (`ValidationExceptionReason`).
    #[error("{message}")]
    Unfit {
        /// What is wrong.
        message: String,
        /// AWS's name for it.
        reason: &'static str,
    },
    /// The mock file has no such test case.
    #[error(transparent)]
    UnknownCase(#[from] UnknownCase),
    /// A test case was named, and the engine has no mock file.
    #[error("test case `{0}` was asked for, and there is no mock file; name one")]
    NoMocks(String),
    /// The test cases of the machine mock what cannot be mocked.
    #[error(transparent)]
    InvalidMocks(#[from] MockFileError),
    /// A fact could not be written, so it did not happen.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl EngineError {
    /// AWS's name of the exception; `None` where the fault is this engine's alone.
    pub const fn exception(&self) -> Option<&'static str> {
        Some(match self {
            Self::StateMachineDoesNotExist(_) | Self::VersionDoesNotExist(_) => {
                "StateMachineDoesNotExist"
            }
            Self::StateMachineAlreadyExists(_) => "StateMachineAlreadyExists",
            Self::InvalidDefinition(_) => "InvalidDefinition",
            Self::ExecutionDoesNotExist(_) => "ExecutionDoesNotExist",
            Self::ExecutionAlreadyExists(_) => "ExecutionAlreadyExists",
            Self::ExecutionLimitExceeded(_) => "ExecutionLimitExceeded",
            Self::InvalidExecutionInput(_) => "InvalidExecutionInput",
            Self::InvalidName(_) => "InvalidName",
            Self::InvalidToken => "InvalidToken",
            Self::TaskTimedOut => "TaskTimedOut",
            Self::TaskDoesNotExist => "TaskDoesNotExist",
            Self::InvalidOutput(_) => "InvalidOutput",
            Self::ActivityDoesNotExist(_) => "ActivityDoesNotExist",
            Self::Conflict(_) => "ConflictException",
            Self::ResourceNotFound(_) => "ResourceNotFound",
            Self::NotRedrivable(_) => "ExecutionNotRedrivable",
            Self::ServiceQuotaExceeded(_) => "ServiceQuotaExceededException",
            Self::Validation(_)
            | Self::Unfit { .. }
            | Self::UnknownCase(_)
            | Self::NoMocks(_)
            | Self::InvalidMocks(_) => "ValidationException",
            Self::Journal(_) => return None,
        })
    }

    /// AWS's name for why a request is not valid, where it has one.
    pub const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Unfit { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

fn listed(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(diagnostic.code.as_str());
        text.push_str(": ");
        text.push_str(&diagnostic.message);
        text.push_str(" at ");
        text.push_str(match (diagnostic.pointer.as_str(), diagnostic.code) {
            // AWS says so of what has no place.
            ("", Code::MissingEndState) => "null",
            ("", _) => "/",
            (pointer, _) => pointer,
        });
    }
    text
}
