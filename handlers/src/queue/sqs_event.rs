//! What Lambda hands over from a queue, and which of it shall come again.
//!
//! A message that cannot be read fails alone: the others of its batch are none of its business.

use serde::Serialize;
use serde_json::Value;

/// A batch of messages. What else stands in it is ignored.
pub(crate) struct SqsBatch<'a> {
    messages: Option<&'a Vec<Value>>,
}

/// One message.
#[derive(Clone, Copy)]
pub(crate) struct SqsMessage<'a> {
    /// Its id; empty where there is none to be read, which stands for the whole batch.
    pub(crate) id: &'a str,
    /// Its text, if it has one.
    pub(crate) body: Option<&'a str>,
}

impl<'a> SqsBatch<'a> {
    /// Reads an event.
    pub(crate) fn of(event: &'a Value) -> Self {
        Self { messages: event.get("Records").and_then(Value::as_array) }
    }

    /// The messages; an event that is no batch is one message that nobody can read.
    pub(crate) fn messages(&self) -> impl Iterator<Item = SqsMessage<'a>> {
        let unreadable = self.messages.is_none().then_some(SqsMessage { id: "", body: None });
        let text = |message: &'a Value, name: &str| message.get(name).and_then(Value::as_str);
        let messages = self.messages.into_iter().flatten().map(move |message| SqsMessage {
            id: text(message, "messageId").unwrap_or_default(),
            body: text(message, "body"),
        });
        messages.chain(unreadable)
    }
}

/// The messages that shall come again; the others are done (`ReportBatchItemFailures`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// Those that shall come again.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// One message that shall come again. An empty id stands for all of the batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its message id.
    pub item_identifier: String,
}

impl BatchAnswer {
    /// This message shall come again.
    pub(crate) fn fail(&mut self, id: impl Into<String>) {
        self.batch_item_failures.push(BatchItemFailure { item_identifier: id.into() });
    }
}
