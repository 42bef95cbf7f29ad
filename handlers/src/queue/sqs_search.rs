//! Looks through the messages of a queue that nobody takes from: dead letters.
//!
//! SQS shows a message only to whoever receives it, so each is received, and what stays is let go again once all
//! were looked at. A queue that something else receives from is not for this: its messages would be counted
//! as received in vain.

use aws_sdk_sqs::Client;

use super::QueueUnavailable;
use crate::observe::Failure;

/// For so long nobody else sees what is being looked at. A search that is interrupted hides it no longer.
const HIDDEN_SECONDS: i32 = 120;
/// SQS asks all of its servers only where it may wait.
const WAIT_SECONDS: i32 = 1;

/// A queue of dead letters.
#[derive(Debug, Clone)]
pub struct DeadLetterSearch {
    client: Client,
    url: String,
}

/// What was found in a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FoundMessages {
    /// How many messages there were.
    pub seen: usize,
    /// How many of them are about somebody.
    pub about: usize,
}

/// What becomes of the messages that are about somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They stay.
    Kept,
    /// They are deleted.
    Deleted,
}

impl DeadLetterSearch {
    /// The queue of this name; `None` where there is none.
    pub async fn named(client: Client, name: &str) -> Result<Option<Self>, QueueUnavailable> {
        match client.get_queue_url().queue_name(name).send().await {
            Ok(found) => Ok(found.queue_url.map(|url| Self { client, url })),
            Err(error) => {
                let absent =
                    error.as_service_error().is_some_and(|it| it.is_queue_does_not_exist());
                if absent { Ok(None) } else { Err(unavailable(&error)) }
            }
        }
    }

    /// The queue of this URL.
    pub fn at(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Looks at every message.
    pub async fn look(
        &self,
        is_about: &(dyn Fn(&str) -> bool + Send + Sync),
        fate: Fate,
    ) -> Result<FoundMessages, QueueUnavailable> {
        let mut found = FoundMessages::default();
        let mut staying = Vec::new();
        let looked = self.look_at_all(is_about, fate, &mut found, &mut staying).await;
        for receipt in staying {
            let change = self.client.change_message_visibility().queue_url(&self.url);
            // What cannot be let go now is seen again when its time is over.
            let _seen_later = change.receipt_handle(receipt).visibility_timeout(0).send().await;
        }
        looked.map(|()| found)
    }

    async fn look_at_all(
        &self,
        is_about: &(dyn Fn(&str) -> bool + Send + Sync),
        fate: Fate,
        found: &mut FoundMessages,
        staying: &mut Vec<String>,
    ) -> Result<(), QueueUnavailable> {
        loop {
            let received = self
                .client
                .receive_message()
                .queue_url(&self.url)
                .max_number_of_messages(10)
                .visibility_timeout(HIDDEN_SECONDS)
                .wait_time_seconds(WAIT_SECONDS)
                .send()
                .await
                .map_err(|error| unavailable(&error))?;
            if received.messages().is_empty() {
                return Ok(());
            }
            for message in received.messages() {
                found.seen += 1;
                let Some(receipt) = message.receipt_handle() else { continue };
                let is_theirs = is_about(message.body().unwrap_or_default());
                found.about += usize::from(is_theirs);
                if is_theirs && fate == Fate::Deleted {
                    let delete = self.client.delete_message().queue_url(&self.url);
                    let deleted = delete.receipt_handle(receipt).send().await;
                    deleted.map_err(|error| unavailable(&error))?;
                } else {
                    staying.push(receipt.to_owned());
                }
            }
        }
    }
}

fn unavailable<E: aws_sdk_sqs::error::ProvideErrorMetadata, R>(
    error: &aws_sdk_sqs::error::SdkError<E, R>,
) -> QueueUnavailable {
    QueueUnavailable(Failure::code(error).to_string())
}
