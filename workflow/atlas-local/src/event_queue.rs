//! A queue of SQS as the event source of a function.

use std::time::Duration;

use async_trait::async_trait;
use atlas_lambda::{Message, Queue, QueueError};
use aws_sdk_sqs::{
    Client,
    config::{BehaviorVersion, Credentials, Region, timeout::TimeoutConfig},
    error::{DisplayErrorContext, SdkError},
    types::{
        ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry,
        MessageAttributeValue, MessageSystemAttributeName,
    },
};
use serde_json::{Map, Value, json};

/// Longer than a poll waits. A queue that does not answer by then is asked again.
const PATIENCE: Duration = Duration::from_secs(3);

/// A queue by its URL, polled as Lambda's pollers do.
pub(crate) struct EventQueue {
    client: Client,
    url: String,
}

impl EventQueue {
    /// The queue at `url`, by the variables that handlers are deployed with.
    pub(crate) fn new(url: &str, variables: &[(String, String)]) -> Self {
        let value = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.clone());
        let endpoint = value("AWS_ENDPOINT_URL_SQS").or_else(|| value("AWS_ENDPOINT_URL"));
        let credentials = Credentials::new(
            value("AWS_ACCESS_KEY_ID").unwrap_or_default(),
            value("AWS_SECRET_ACCESS_KEY").unwrap_or_default(),
            value("AWS_SESSION_TOKEN"),
            None,
            "deployment",
        );
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(value("AWS_REGION").map(Region::new))
            .credentials_provider(credentials)
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build());
        config.set_endpoint_url(endpoint);
        Self { client: Client::from_conf(config.build()), url: url.to_owned() }
    }
}

#[async_trait]
impl Queue for EventQueue {
    async fn receive(&self, most: usize, wait: Duration) -> Result<Vec<Message>, QueueError> {
        let received = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(most).unwrap_or(i32::MAX))
            .wait_time_seconds(i32::try_from(wait.as_secs()).unwrap_or(i32::MAX))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await
            .map_err(failed)?;
        Ok(received.messages.unwrap_or_default().into_iter().map(message).collect())
    }

    async fn delete(&self, receipt_handles: &[String]) -> Result<(), QueueError> {
        let entries = receipt_handles.iter().enumerate().map(|(index, handle)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(handle)
                .build()
                .expect("an entry has an id and a handle")
        });
        let request = self.client.delete_message_batch().queue_url(&self.url);
        let deleted = request.set_entries(Some(entries.collect())).send().await.map_err(failed)?;
        all_done(deleted.failed().len())
    }

    async fn change_visibility(
        &self,
        receipt_handles: &[String],
        timeout: Duration,
    ) -> Result<(), QueueError> {
        let seconds = i32::try_from(timeout.as_secs()).unwrap_or(i32::MAX);
        let entries = receipt_handles.iter().enumerate().map(|(index, handle)| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(handle)
                .visibility_timeout(seconds)
                .build()
                .expect("an entry has an id and a handle")
        });
        let request = self.client.change_message_visibility_batch().queue_url(&self.url);
        let changed = request.set_entries(Some(entries.collect())).send().await.map_err(failed)?;
        all_done(changed.failed().len())
    }
}

fn all_done(failed: usize) -> Result<(), QueueError> {
    match failed {
        0 => Ok(()),
        failed => Err(QueueError(format!("{failed} of the messages were refused"))),
    }
}

fn failed<E, R>(error: SdkError<E, R>) -> QueueError
where
    SdkError<E, R>: std::error::Error,
{
    QueueError(DisplayErrorContext(error).to_string())
}

fn message(received: aws_sdk_sqs::types::Message) -> Message {
    let attributes = received.attributes.unwrap_or_default().into_iter();
    let added = received.message_attributes.unwrap_or_default().into_iter();
    Message {
        message_id: received.message_id.unwrap_or_default(),
        receipt_handle: received.receipt_handle.unwrap_or_default(),
        body: received.body.unwrap_or_default(),
        md5_of_body: received.md5_of_body.unwrap_or_default(),
        attributes: attributes.map(|(name, value)| (name.as_str().to_owned(), value)).collect(),
        message_attributes: added.map(|(name, value)| (name, attribute(&value))).collect(),
    }
}

/// As Lambda shows what a sender added.
fn attribute(value: &MessageAttributeValue) -> Value {
    let mut shown = Map::new();
    shown.insert("dataType".to_owned(), json!(value.data_type));
    if let Some(text) = &value.string_value {
        shown.insert("stringValue".to_owned(), json!(text));
    }
    shown.insert("stringListValues".to_owned(), json!([]));
    shown.insert("binaryListValues".to_owned(), json!([]));
    Value::Object(shown)
}
