//! A queue, as far as an event source needs it. Whoever has a client of SQS implements it.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use serde_json::{Map, Value};

/// A queue that messages are taken from.
#[async_trait]
pub trait Queue: Send + Sync {
    /// `ReceiveMessage`, with all attributes: waits until there is at least one message or the time is
    /// over, and takes at most so many.
    async fn receive(&self, most: usize, wait: Duration) -> Result<Vec<Message>, QueueError>;

    /// `DeleteMessageBatch`: these are done. At most ten.
    async fn delete(&self, receipt_handles: &[String]) -> Result<(), QueueError>;

    /// `ChangeMessageVisibilityBatch`: these can be received again after this time. At most ten.
    async fn change_visibility(
        &self,
        receipt_handles: &[String],
        timeout: Duration,
    ) -> Result<(), QueueError>;
}

/// A message that was taken.
#[derive(Clone, Default)]
pub struct Message {
    /// Its id.
    pub message_id: String,
    /// By which it is deleted.
    pub receipt_handle: String,
    /// Its text.
    pub body: String,
    /// The MD5 of its text, as the queue tells it.
    pub md5_of_body: String,
    /// What the queue knows of it: `ApproximateReceiveCount`, `SentTimestamp` and so on.
    pub attributes: BTreeMap<String, String>,
    /// What its sender added, as Lambda shows it: `{"name": {"stringValue": …, "dataType": …}}`.
    pub message_attributes: Map<String, Value>,
}

impl std::fmt::Debug for Message {
    /// Without its text, which may hold personal data.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Message").field("id", &self.message_id).finish_non_exhaustive()
    }
}

/// Why a queue did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue did not answer as asked: {0}")]
pub struct QueueError(pub String);
