//! `RedriveExecution`: an execution that ended otherwise than well goes on.

use std::sync::Arc;

use atlas_core::{Fact, NotRedrivable, Timestamp};

use crate::{
    accept::Refused,
    cell::{Body, Cell},
    engine::{Engine, Inner, does_not_exist},
    error::EngineError,
    queue::Queue,
};

impl Engine {
    /// Lets an execution go on where it stopped. Answers with the time of that; with that of the
    /// redrive before where it was asked for with the same token.
    pub fn redrive(
        &self,
        execution_arn: &str,
        client_token: Option<&str>,
    ) -> Result<Timestamp, EngineError> {
        let inner = &self.inner;
        let mut queue = Queue::default();
        let (redriven, run) = inner.with(execution_arn, |cell, body| {
            cell.run.enter();
            let redriven = inner.redrive(cell, body, client_token, &mut queue);
            cell.run.leave();
            (redriven, Arc::clone(&cell.run))
        })?;
        inner.drive(&mut queue, &run);
        redriven
    }
}

impl Inner {
    fn redrive(
        self: &Arc<Self>,
        cell: &Arc<Cell>,
        body: &mut Body,
        client_token: Option<&str>,
        queue: &mut Queue,
    ) -> Result<Timestamp, EngineError> {
        let is_known = client_token.is_some() && body.redrive_token.as_deref() == client_token;
        if let (true, Some(last)) = (is_known, body.execution.redrives().last()) {
            return Ok(*last);
        }
        // Somebody may have looked at it just before it was forgotten.
        if let (Some(archive), Some(ended_at)) =
            (self.journal.archive().filter(|_| cell.is_kept()), body.execution.ended_at())
            && ended_at < archive.forgets_before()
        {
            return Err(does_not_exist(&cell.identity.execution_arn));
        }
        let now = cell.run.clock.now().max(body.last_at);
        body.execution.redrivability(now)?;
        self.count_open(cell, body)?;
        // Kept with the status that follows.
        let before = std::mem::replace(&mut body.redrive_token, client_token.map(Into::into));
        match self.accept(cell, body, Fact::Redriven, queue) {
            Ok(()) => Ok(body.execution.redrives().last().copied().unwrap_or(now)),
            Err(refused) => {
                body.redrive_token = before;
                body.open = None;
                Err(match refused {
                    Refused::NotAdmitted(_) => NotRedrivable::Running.into(),
                    refused => refused.into_error(),
                })
            }
        }
    }
}
