//! What is told of a visit's data.

use serde::Serialize;
use serde_json::{Map, Value};

/// The data of one visit, at its last attempt.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DataSteps {
    /// The visit.
    pub visit: u64,
    /// Its data, from its input to its output. A step that its definition does not have is not there.
    pub steps: Vec<DataStep>,
    /// The variables that it saw when it was entered.
    pub variables: Map<String, Value>,
    /// Why more cannot be said, where that is so of all steps.
    pub note: Option<String>,
}

/// The data after one step.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DataStep {
    /// `StateInput`, `InputPath`, `Parameters`, `Arguments`, `Items`, `ItemsPath`, `ItemSelector`, `Result`,
    /// `TaskResult`, `ErrorOutput`, `ResultSelector`, `ResultPath`, `OutputPath`, `Assign`, `Output`, `StateOutput`.
    pub name: &'static str,
    /// What the definition says of the step.
    pub definition: Option<Value>,
    /// The data after it, where it is known; not there where it is not, for it may be `null`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Whether the history says so; otherwise it is computed.
    pub is_recorded: bool,
    /// Why the value is not known, or what else there is to say of it.
    pub note: Option<String>,
}

/// The history has no such visit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no state was entered by event {0}; expected the id of a visit")]
pub struct NoSuchVisit(pub u64);
