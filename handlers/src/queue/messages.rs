//! The port, and the message that goes over it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// Asks for the answer that the chat gives from its next turn on. Nothing about the visitor is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WriteResponse {
    /// One of the talk intents.
    pub intent: String,
    /// The topic, as it may be shared.
    pub topic: String,
    /// The language, `en-US`.
    pub locale: String,
}

/// The queue did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the queue does not answer: {0}")]
pub struct QueueUnavailable(pub String);

/// Where the messages go.
#[async_trait]
pub trait MessageQueue: Send + Sync {
    /// Sends one message.
    async fn send(&self, message: &WriteResponse) -> Result<(), QueueUnavailable>;
}
