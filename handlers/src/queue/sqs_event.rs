//! What Lambda hands over from a queue, and which of it shall come again.

use serde::{Deserialize, Serialize};

/// A batch of messages. Other fields are ignored.
#[derive(Deserialize)]
pub struct SqsEvent {
    /// The messages.
    #[serde(rename = "Records")]
    pub records: Vec<SqsRecord>,
}

/// One message.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SqsRecord {
    /// Its id.
    pub message_id: String,
    /// Its text.
    #[serde(default)]
    pub body: String,
}

/// The messages that shall come again; the others are done (`ReportBatchItemFailures`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// Those that shall come again.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// One message that shall come again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its message id.
    pub item_identifier: String,
}
