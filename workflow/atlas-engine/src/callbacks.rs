//! Ending a task from outside, by its token.

use std::sync::Arc;

use atlas_core::{Fact, NotAdmitted, Payload, TaskId};

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
        if output.len() > MAX_BYTES {
            let complaint = format!("the output has more than {MAX_BYTES} bytes");
            return Err(EngineError::InvalidOutput(complaint));
        }
        let output = Payload::parse(output)
            .map_err(|error| EngineError::InvalidOutput(error.to_string()))?;
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

impl Inner {
    fn task_of(&self, token: &str) -> Result<(Arc<Cell>, TaskId), EngineError> {
        let (cell, task) = self.tokens.find(token).ok_or(EngineError::InvalidToken)?;
        // The execution has been forgotten.
        let cell = cell.upgrade().ok_or(EngineError::TaskDoesNotExist)?;
        Ok((cell, task))
    }

    fn end_task(self: &Arc<Self>, cell: &Arc<Cell>, fact: Fact) -> Result<(), EngineError> {
        self.tell(cell, fact).map_err(|refused| match refused {
            Refused::NotAdmitted(NotAdmitted::NoSuchTask | NotAdmitted::NotStarted) => {
                EngineError::TaskDoesNotExist
            }
            Refused::NotAdmitted(_) => EngineError::TaskTimedOut,
            Refused::Journal(error) => error.into(),
        })
    }
}
