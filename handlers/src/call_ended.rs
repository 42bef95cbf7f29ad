//! `CallEndedHandler`: contact events, by EventBridge through SQS, end the step that waits.
//!
//! They come late, twice, out of order, before their attempt knows its contact, or never; fields are
//! added and their case changes. What cannot be done now is answered as a failed item of the batch, so
//! that the queue brings it again, and keeps it at last.

mod event;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use tokio::task::JoinSet;

use self::event::{ContactEnd, Read};
use crate::{
    clock::Clock,
    connect::{Telephony, TelephonyError, all_of, outcome_of},
    observe::{about, inherit, warn},
    queue::{BatchAnswer, SqsBatch, SqsMessage},
    records::{AttemptRecords, EndedContact, Pace},
    workflow::{Callbacks, CompletionError, complete},
};

/// What the handler needs.
#[derive(Clone)]
pub struct Deps {
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// The attempts.
    pub records: Arc<dyn AttemptRecords>,
    /// The pace.
    pub pace: Arc<dyn Pace>,
    /// Connect.
    pub telephony: Arc<dyn Telephony>,
    /// Step Functions.
    pub callbacks: Arc<dyn Callbacks>,
}

/// Why a message is to come again.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the message is no contact event")]
    Unreadable,
    #[error(transparent)]
    Completion(#[from] CompletionError),
    #[error(transparent)]
    Telephony(#[from] TelephonyError),
}

/// Takes a batch: what is of one contact one after the other, all contacts at once.
pub async fn run(batch: Value, deps: &Deps) -> BatchAnswer {
    let mut answer = BatchAnswer::default();
    let mut ends: BTreeMap<String, Vec<(String, EndedContact)>> = BTreeMap::new();
    for SqsMessage { id, body } in SqsBatch::of(&batch).messages() {
        match body.map_or(Read::Unreadable, event::read) {
            Read::End(ContactEnd { contact_id, end }) => {
                ends.entry(contact_id).or_default().push((id.to_owned(), end));
            }
            Read::NotOurs => {}
            Read::Unreadable => come_again(id, Failure::Unreadable, &mut answer),
        }
    }
    let mut contacts = JoinSet::new();
    for (contact_id, ends) in ends {
        let deps = deps.clone();
        contacts.spawn(inherit(async move {
            let mut failed = Vec::new();
            for (id, end) in ends {
                if let Err(failure) = end_contact(&contact_id, end, &deps).await {
                    failed.push((id, failure));
                }
            }
            failed
        }));
    }
    // One that panics makes the whole batch fail, and all of it comes again.
    for (id, failure) in contacts.join_all().await.into_iter().flatten() {
        come_again(&id, failure, &mut answer);
    }
    answer
}

fn come_again(id: &str, failure: Failure, answer: &mut BatchAnswer) {
    warn("a contact event is to come again", failure);
    answer.fail(id);
}

async fn end_contact(contact_id: &str, end: EndedContact, deps: &Deps) -> Result<(), Failure> {
    let kept = deps.records.keep_end(contact_id, &end).await.map_err(CompletionError::from)?;
    let key = match kept {
        Some(key) => key,
        // The attempt may know its contact, and have been stopped before it tied it.
        None => match deps.records.of_contact(contact_id).await.map_err(CompletionError::from)? {
            Some(key) => key,
            None => return Ok(()),
        },
    };
    let completed = async {
        let end = all_of(contact_id, end, &*deps.telephony).await?;
        let outcome = outcome_of(contact_id, &end);
        let (records, pace, callbacks) = (&*deps.records, &*deps.pace, &*deps.callbacks);
        complete(&key, &outcome, deps.clock.now(), records, pace, callbacks).await?;
        Ok(())
    };
    about(&key.interaction_key, completed).await
}

#[cfg(test)]
mod tests;
