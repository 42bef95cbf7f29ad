//! Amazon SQS's SendMessage.

use async_trait::async_trait;
use aws_sdk_sqs::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
};

use super::{MessageQueue, QueueUnavailable, WriteResponse};

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
        sent.map(|_| ()).map_err(|error| {
            let kind = match &error {
                SdkError::TimeoutError(_) => "the call timed out",
                SdkError::DispatchFailure(_) => "no connection",
                SdkError::ServiceError(_) => error.code().unwrap_or("an error without a code"),
                // The SDK's list of failures is open.
                _ => "no usable response",
            };
            QueueUnavailable(kind.to_owned())
        })
    }
}
