//! Where facts are kept before they have any effect, so that an execution can be brought back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_core::{Event, Identity};

/// Keeps the facts of each execution in the order in which they came.
///
/// A fact has happened once `append` has returned; nothing is done because of it before.
pub trait Journal: Send + Sync {
    /// Keeps one fact of an execution. The first is always `Started`.
    fn append(&self, identity: &Identity, event: &Event) -> Result<(), JournalError>;
}

/// A fact could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the journal of `{execution_arn}` could not be written: {reason}")]
pub struct JournalError {
    /// Whose.
    pub execution_arn: String,
    /// Why.
    pub reason: String,
}

/// Keeps nothing: what lives in memory alone has nothing to come back from.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoJournal;

impl Journal for NoJournal {
    fn append(&self, _identity: &Identity, _event: &Event) -> Result<(), JournalError> {
        Ok(())
    }
}

/// Keeps the facts in memory.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    executions: Mutex<HashMap<Arc<str>, Vec<Event>>>,
}

impl MemoryJournal {
    /// The facts of an execution, in order; none where it is unknown.
    pub fn events(&self, execution_arn: &str) -> Vec<Event> {
        let executions = self.executions.lock().unwrap_or_else(PoisonError::into_inner);
        executions.get(execution_arn).cloned().unwrap_or_default()
    }
}

impl Journal for MemoryJournal {
    fn append(&self, identity: &Identity, event: &Event) -> Result<(), JournalError> {
        let mut executions = self.executions.lock().unwrap_or_else(PoisonError::into_inner);
        executions.entry(Arc::clone(&identity.execution_arn)).or_default().push(event.clone());
        Ok(())
    }
}
