//! The open tasks of an execution, and ending one by hand: whoever does that need not know its token.

use atlas_core::{Fact, Failure, TaskId, Timestamp, history::EventId};

use crate::{
    accept::Refused,
    callbacks::task_output,
    cell::{Body, OpenTask},
    engine::Engine,
    error::EngineError,
};

/// A task that has not ended.
#[derive(Debug, Clone)]
pub struct OpenTaskDescription {
    /// The event that scheduled it, by which it is named; none before it is known that its activity
    /// exists.
    pub event: Option<EventId>,
    /// The event that entered its state.
    pub entered: EventId,
    /// The name of its state.
    pub state: String,
    /// Who ends it.
    pub kind: OpenTaskKind,
    /// The ARN or the resource that it asks for, as the definition has it.
    pub resource: String,
    /// Which attempt of this visit of the state it is, from 1.
    pub attempt: u32,
    /// The service has taken the request, or a worker the task: only its end is to come.
    pub is_taken: bool,
    /// When it was scheduled.
    pub since: Timestamp,
    /// When it times out.
    pub deadline: Option<Timestamp>,
    /// When it has to be heard of next.
    pub heartbeat_by: Option<Timestamp>,
    /// The execution that it waits for, where it does.
    pub child_arn: Option<String>,
}

/// Who ends an open task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenTaskKind {
    /// Whoever has its token.
    Callback,
    /// A worker of its activity.
    Activity,
    /// The execution that it started.
    Child,
    /// The answer of a call in flight.
    Call,
}

impl OpenTaskKind {
    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Callback => "callback",
            Self::Activity => "activity",
            Self::Child => "child",
            Self::Call => "task",
        }
    }

    /// Whether somebody outside ends it, and so may an operator.
    pub const fn ends_by_hand(self) -> bool {
        matches!(self, Self::Callback | Self::Activity)
    }
}

impl Engine {
    /// The tasks of an execution that have not ended, the oldest first.
    ///
    /// # Errors
    /// Where there is no such execution, or it cannot be read.
    pub fn open_tasks(&self, execution_arn: &str) -> Result<Vec<OpenTaskDescription>, EngineError> {
        self.inner.with(execution_arn, |_, body| body.described_tasks().map(|(_, it)| it).collect())
    }

    /// Ends the task that this event scheduled, as whoever has its token would: with its output, a JSON
    /// text, or with a failure.
    ///
    /// # Errors
    /// Where there is no such execution, the output is none, the task has ended, or nobody but the
    /// service that it calls can end it.
    pub fn end_task(
        &self,
        execution_arn: &str,
        event: EventId,
        result: Result<&str, Failure>,
    ) -> Result<(), EngineError> {
        let (task, kind, is_taken) = self
            .inner
            .with(execution_arn, |_, body| {
                let mut described = body.described_tasks();
                let found = described.find(|(_, described)| described.event == Some(event));
                found.map(|(task, described)| (task, described.kind, described.is_taken))
            })?
            .ok_or(EngineError::TaskTimedOut)?;
        if !kind.ends_by_hand() {
            return Err(EngineError::Validation(format!(
                "the task of event {event} waits for its {}, and cannot be ended by hand; expected one \
                 that waits for a callback or for a worker of an activity",
                if kind == OpenTaskKind::Child { "child execution" } else { "service" }
            )));
        }
        let fact = match result {
            Ok(output) => Fact::TaskSucceeded { task, output: task_output(output)? },
            Err(Failure { error, cause }) => Fact::TaskFailed { task, error, cause },
        };
        let cell = self.inner.cell(execution_arn)?;
        if kind == OpenTaskKind::Activity && !is_taken {
            // As on AWS, a worker's task has been taken before it ends.
            let taken = Fact::ActivityStarted { task, worker_name: None };
            match self.inner.tell(&cell, taken) {
                // A worker was faster, and the operator overrules it.
                Ok(()) | Err(Refused::NotAdmitted(_)) => {}
                Err(refused) => return Err(refused.into_error()),
            }
        }
        self.inner.tell(&cell, fact).map_err(Refused::into_error)
    }
}

impl Body {
    fn described_tasks(&self) -> impl Iterator<Item = (TaskId, OpenTaskDescription)> {
        let tasks = self.execution.open_tasks().into_iter();
        tasks.filter_map(|open| {
            let fires_at = |timer| self.timers.get(&timer).map(|key| key.at);
            let (kind, child_arn) = match self.open_tasks.get(&open.task)? {
                OpenTask::Call(_) => (OpenTaskKind::Call, None),
                OpenTask::Callback(_) => (OpenTaskKind::Callback, None),
                OpenTask::Activity(_) => (OpenTaskKind::Activity, None),
                OpenTask::Child(child) => {
                    (OpenTaskKind::Child, child.as_ref().map(ToString::to_string))
                }
            };
            let described = OpenTaskDescription {
                event: open.scheduled,
                entered: open.entered,
                state: open.state.to_string(),
                kind,
                resource: open.resource.to_string(),
                attempt: open.attempt,
                is_taken: open.is_taken,
                since: open.since,
                deadline: open.timeout.and_then(fires_at),
                heartbeat_by: open.heartbeat.and_then(fires_at),
                child_arn,
            };
            Some((open.task, described))
        })
    }
}
