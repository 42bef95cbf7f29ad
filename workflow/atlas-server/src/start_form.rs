//! What a form needs that starts a machine. Whoever makes the app knows its machines; the server does not.

use serde_json::Value;

/// What a form to start one machine needs.
#[derive(Debug, Clone)]
pub struct StartForm {
    /// The name of the machine, in whichever account.
    pub machine: String,
    /// What its input has to be, as JSON Schema.
    pub input_schema: Value,
    /// Inputs to begin with, by name.
    pub samples: Vec<(String, Value)>,
}
