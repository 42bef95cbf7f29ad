//! What is wrong with a variable.

use std::fmt;

use super::Variable;

/// A variable is missing or malformed. Its value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable `{name}` is {fault}; expected {expected}")]
pub struct InvalidVariable {
    /// Which one.
    pub name: &'static str,
    /// What is wrong.
    pub fault: Fault,
    /// What would have been right.
    pub expected: &'static str,
}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It is there, and cannot be read.
    Malformed,
}

impl InvalidVariable {
    pub(super) fn missing(variable: &Variable) -> Self {
        Self { name: variable.name, fault: Fault::Missing, expected: variable.expected }
    }

    pub(super) fn malformed(variable: &Variable) -> Self {
        Self { name: variable.name, fault: Fault::Malformed, expected: variable.expected }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
        })
    }
}
