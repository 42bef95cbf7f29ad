//! `RedriveExecution`: an execution that ended otherwise than well goes on.

use atlas_core::{Fact, NotRedrivable, Timestamp};

use crate::{accept::Refused, engine::Engine, error::EngineError, queue::Queue};

impl Engine {
    /// Lets an execution go on where it stopped. Answers with the time of that; with that of the
    /// redrive before where it was asked for with the same token.
    pub fn redrive(
        &self,
        execution_arn: &str,
        client_token: Option<&str>,
    ) -> Result<Timestamp, EngineError> {
        let inner = &self.inner;
        let cell = inner.cell(execution_arn)?;
        let mut queue = Queue::default();
        cell.run.enter();
        let redriven = {
            let mut body = cell.lock();
            let is_known = client_token.is_some() && body.redrive_token.as_deref() == client_token;
            if let (true, Some(last)) = (is_known, body.execution.redrives().last()) {
                cell.run.leave();
                return Ok(*last);
            }
            let now = cell.run.clock.now().max(body.last_at);
            let admitted = body.execution.redrivability(now).map_err(EngineError::from);
            admitted.and_then(|()| inner.count_open(&cell, &mut body)).and_then(|()| {
                match inner.accept(&cell, &mut body, Fact::Redriven, &mut queue) {
                    Ok(()) => {
                        body.redrive_token = client_token.map(Into::into);
                        Ok(body.execution.redrives().last().copied().unwrap_or(now))
                    }
                    Err(Refused::NotAdmitted(_)) => {
                        body.open = None;
                        Err(NotRedrivable::Running.into())
                    }
                    Err(Refused::Journal(error)) => {
                        body.open = None;
                        Err(error.into())
                    }
                }
            })
        };
        cell.run.leave();
        inner.drive(&mut queue, &cell.run);
        redriven
    }
}
