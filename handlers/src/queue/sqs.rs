//! Amazon SQS's SendMessage.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sqs::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
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
    /// A client of its own, with short timeouts: a visitor waits.
    pub fn new(shared: &SdkConfig, url: impl Into<String>) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(500))
            .operation_attempt_timeout(Duration::from_secs(1))
            .operation_timeout(Duration::from_secs(2))
            .build();
        let config = aws_sdk_sqs::config::Builder::from(shared)
            .timeout_config(timeouts)
            .retry_config(RetryConfig::standard().with_max_attempts(2))
            .build();
        Self { client: Client::from_conf(config), url: url.into() }
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
