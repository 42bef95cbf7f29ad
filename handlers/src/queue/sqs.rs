//! Amazon SQS's SendMessage.

use async_trait::async_trait;
use aws_sdk_sqs::Client;

use super::{MessageQueue, QueueUnavailable, WriteResponse};
use crate::observe::Failure;

/// A queue.
#[derive(Debug, Clone)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue of this URL.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }
}

#[async_trait]
impl MessageQueue for SqsQueue {
    async fn send(&self, message: &WriteResponse) -> Result<(), QueueUnavailable> {
        let body = serde_json::to_string(message).expect("a message is JSON");
        let sent = self.client.send_message().queue_url(&self.url).message_body(body).send().await;
        sent.map(drop).map_err(|error| QueueUnavailable(Failure::code(&error).to_string()))
    }
}
