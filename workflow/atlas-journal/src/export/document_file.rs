//! The file of a machine, an activity, or the tags of one.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What `format` says.
pub(crate) const DOCUMENT_FORMAT: &str = "atlas-document";

/// The file of a machine, an activity, or the tags of one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentFile {
    pub(crate) format: String,
    pub(crate) version: u64,
    /// `machines`, `activities` or `tags`.
    pub(crate) shelf: String,
    pub(crate) region: String,
    pub(crate) account: String,
    /// The ARN of what it is of.
    pub(crate) arn: String,
    pub(crate) document: Value,
}
