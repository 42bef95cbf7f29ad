//! State names: 1 to 80 characters.

use std::{borrow::Borrow, fmt, sync::Arc};

/// The name of a state. Cheap to clone: histories and executions share it.
///
/// Any text can be held, so that a wrong document can be shown and judged; `check` says what AWS
/// would refuse.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateName(Arc<str>);

/// Why AWS refuses a state name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStateName {
    /// It has no character.
    #[error("is empty; a state name has 1 to 80 characters")]
    Empty,
    /// It has more than 80 characters.
    #[error("has {0} characters; a state name has at most 80")]
    TooLong(usize),
}

impl StateName {
    /// The longest state name that AWS takes, in characters.
    pub const MAX_CHARACTERS: usize = 80;

    /// Says whether AWS takes this name.
    pub fn check(&self) -> Result<(), InvalidStateName> {
        match self.0.chars().count() {
            0 => Err(InvalidStateName::Empty),
            long if long > Self::MAX_CHARACTERS => Err(InvalidStateName::TooLong(long)),
            _ => Ok(()),
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for StateName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for StateName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl Borrow<str> for StateName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}
