//! Ending a task from outside, by its token.

use std::sync::Arc;

use atlas_core::{Fact, Payload, TaskId};

use crate::{
    accept::Refused,
    cell::Cell,
    engine::{Engine, Inner},
    error::EngineError,
    input::MAX_BYTES,
};

impl Engine {
    /// A task ended well. Its output is a JSON text.
    pub fn send_task_success(&self, token: &str, output: &str) -> Result<(), EngineError> {
        let (cell, task) = self.inner.task_of(token)?;
        let output = task_output(output)?;
        self.inner.end_task(&cell, Fact::TaskSucceeded { task, output })
    }

    /// A task failed.
    pub fn send_task_failure(
        &self,
        token: &str,
        error: Option<String>,
        cause: Option<String>,
    ) -> Result<(), EngineError> {
        let (cell, task) = self.inner.task_of(token)?;
        self.inner.end_task(&cell, Fact::TaskFailed { task, error, cause })
    }

    /// Somebody still works on a task.
    pub fn send_task_heartbeat(&self, token: &str) -> Result<(), EngineError> {
        let (cell, task) = self.inner.task_of(token)?;
        self.inner.end_task(&cell, Fact::TaskHeartbeat { task })
    }
}

/// The output of a task out of its text.
pub(crate) fn task_output(text: &str) -> Result<Payload, EngineError> {
    if text.len() > MAX_BYTES {
        let complaint = format!("the output has more than {MAX_BYTES} bytes");
        return Err(EngineError::InvalidOutput(complaint));
    }
    Payload::parse(text).map_err(|error| EngineError::InvalidOutput(error.to_string()))
}

impl Inner {
    fn task_of(self: &Arc<Self>, token: &str) -> Result<(Arc<Cell>, TaskId), EngineError> {
        let known = self.tokens.find(token);
        if let Some((cell, task)) = &known
            && let Some(cell) = cell.upgrade()
        {
            return Ok((cell, *task));
        }
        let kept = match self.journal.archive() {
            Some(archive) => archive.find_task(token)?,
            None => None,
        };
        match (kept, known) {
            (Some((number, task)), _) => {
                let cell = self.cell_of_number(number)?.ok_or(EngineError::TaskDoesNotExist)?;
                Ok((cell, task))
            }
            // The execution has been forgotten.
            (None, Some(_)) => Err(EngineError::TaskDoesNotExist),
            (None, None) => Err(EngineError::InvalidToken),
        }
    }

    fn end_task(self: &Arc<Self>, cell: &Arc<Cell>, fact: Fact) -> Result<(), EngineError> {
        self.tell(cell, fact).map_err(Refused::into_error)
    }
}
