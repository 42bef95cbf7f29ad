//! Why a path is not one, and why a path finds nothing: the latter in Jayway's words, which AWS prints.

use crate::excerpt::excerpt;

/// Text that is no path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a path: {reason} at character {position}", excerpt(.path, *.position))]
pub struct InvalidPath {
    /// The text.
    pub path: String,
    /// What is wrong with it, and what would have been right.
    pub reason: String,
    /// Where, in characters from 1.
    pub position: usize,
}

/// A path that finds nothing where something has to be.
///
/// Displays as AWS does for `InputPath`, `OutputPath` and other plain path fields. For the fields of
/// a template, `ErrorPath` and `CausePath`, AWS says it with the field: see `for_field`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid path '{path}' : {kind}")]
pub struct PathFailure {
    /// The path as written.
    pub path: String,
    /// What stopped it.
    pub kind: PathFailureKind,
}

impl PathFailure {
    /// AWS's words where a field is to blame: `value.$`, `ErrorPath`, `CausePath`.
    pub fn for_field(&self, field: &str, input: &serde_json::Value) -> String {
        match self.kind {
            PathFailureKind::TooMuchWork => self.to_string(),
            _ => format!(
                "The JSONPath '{}' specified for the field '{field}' could not be found in the input '{input}'",
                self.path
            ),
        }
    }
}

/// What stopped a path. Each displays as Jayway words it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathFailureKind {
    /// The last step has nothing to select; holds the whole path in bracket form.
    #[error("No results for path: {0}")]
    NoResults(String),
    /// A step before the last has nothing to select; holds the path up to it.
    #[error("Missing property in path {0}")]
    MissingProperty(String),
    /// A name is asked of something that has no names.
    #[error(
        "Expected to find an object with property {property} in path {path} but found '{found}'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'."
    )]
    NotAnObject {
        /// The name, in brackets.
        property: String,
        /// The path up to the value.
        path: String,
        /// Jackson's class of the value, as Jayway names it.
        found: &'static str,
    },
    /// An index is asked of something that has no elements.
    #[error("Filter: {index} can only be applied to arrays. Current context is: {context}")]
    NotAnArray {
        /// The index, in brackets.
        index: String,
        /// The value.
        context: String,
    },
    /// An index is asked of `null`.
    #[error("The path {0} is null")]
    Null(String),
    /// A function that does not apply to what the path selects.
    #[error("{0}")]
    Function(String),
    /// The path selects more than this engine is willing to collect.
    #[error("the path selects, visits or copies more than 1000000 values; select less at a time")]
    TooMuchWork,
}
