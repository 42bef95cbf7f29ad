//! What all files of data have in common: how sure a figure is, and what is wrong with a file.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// How a figure is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Evidence {
    /// Read in the provider's own words.
    Provider,
    /// Read in somebody else's.
    Secondary,
    /// Believed, and not found in a text that could be read.
    Unverified,
}

/// A file of data that cannot be used. Says where and what.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {problem}")]
pub struct DataError {
    what: &'static str,
    problem: String,
}

impl DataError {
    pub(crate) fn new(what: &'static str, problem: impl ToString) -> Self {
        Self { what, problem: problem.to_string() }
    }
}

/// Reads a document of data.
pub(crate) fn read<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, DataError> {
    serde_json::from_str(text).map_err(|error| DataError::new(what, error))
}
