//! The queue between the chat, which answers now, and the writer, which answers for the next turn.

mod messages;
mod sqs;
mod sqs_event;
mod sqs_search;

#[cfg(test)]
mod against_sqs;
#[cfg(test)]
mod search_against_sqs;

pub(crate) use self::sqs_event::{SqsBatch, SqsMessage};
pub use self::{
    messages::{MessageQueue, QueueUnavailable, WriteResponse},
    sqs::SqsQueue,
    sqs_event::{BatchAnswer, BatchItemFailure},
    sqs_search::{DeadLetterSearch, Fate, FoundMessages},
};
