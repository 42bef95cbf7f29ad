//! The tasks of an execution that have not ended: what an operator sees of them, without their tokens.

use std::sync::Arc;

use atlas_asl::{model::StateName, resource::Resource};

use crate::{
    Execution, TaskId, TimerId, Timestamp,
    branch::{Branch, Phase},
    history::{Detail, EventId, HistoryEvent},
    program::Kind,
};

/// A task that has not ended.
#[derive(Debug, Clone)]
pub struct OpenTask {
    /// What the engine calls it.
    pub task: TaskId,
    /// The state whose task it is.
    pub state: StateName,
    /// The event that entered the state.
    pub entered: EventId,
    /// The event that scheduled it; none before it is known that its activity exists.
    pub scheduled: Option<EventId>,
    /// What it asks for.
    pub resource: Arc<Resource>,
    /// Which attempt of this visit of the state it is, from 1.
    pub attempt: u32,
    /// The service has taken the request, or a worker the task: only its end is to come.
    pub is_taken: bool,
    /// When it was scheduled.
    pub since: Timestamp,
    /// What fires at its `TimeoutSeconds`.
    pub timeout: Option<TimerId>,
    /// What fires at the end of its `HeartbeatSeconds`.
    pub heartbeat: Option<TimerId>,
}

impl Execution {
    /// The tasks of its Task states that have not ended, the oldest first.
    pub fn open_tasks(&self) -> Vec<OpenTask> {
        let tasks = self.tasks.iter().filter_map(|(task, branch)| {
            let branch = self.branches.get(branch)?;
            let phase = branch.task()?;
            let state = &self.program.states[branch.state];
            let Kind::Task(compiled) = &state.kind else { return None };
            let scheduled = self.scheduled(branch);
            Some(OpenTask {
                task: *task,
                state: state.name.clone(),
                entered: branch.entered,
                scheduled: scheduled.map(|event| event.id),
                resource: Arc::clone(&compiled.resource),
                attempt: branch.retry_count().saturating_add(1),
                is_taken: phase.is_taken,
                since: scheduled.map_or(branch.entered_at, |event| event.timestamp),
                timeout: phase.timeout,
                heartbeat: phase.heartbeat.map(|(timer, _)| timer),
            })
        });
        tasks.collect()
    }

    /// The item that each Map around a task is at, by its index, the innermost first; none in the child execution of
    /// a distributed Map, which is an execution of its own.
    pub fn items_around(&self, task: TaskId) -> Vec<u32> {
        let mut items = Vec::new();
        let mut around = self.tasks.get(&task).and_then(|branch| self.branches.get(branch));
        while let Some((parent, place)) = around.and_then(|branch| branch.parent) {
            around = self.branches.get(&parent);
            if around.is_some_and(|branch| matches!(branch.phase, Phase::Map(_))) {
                items.push(place);
            }
        }
        items
    }

    /// The event that scheduled the task of a branch: behind it come at most its start and its
    /// submission.
    fn scheduled(&self, branch: &Branch) -> Option<&HistoryEvent> {
        let mut id = branch.previous;
        while id > branch.entered {
            let event = self.history.get(usize::try_from(id).ok()?.checked_sub(1)?)?;
            if is_schedule(&event.detail) {
                return Some(event);
            }
            if is_end(&event.detail) {
                return None;
            }
            id = event.previous_event_id;
        }
        None
    }
}

fn is_schedule(detail: &Detail) -> bool {
    matches!(
        detail,
        Detail::TaskScheduled(_)
            | Detail::LambdaFunctionScheduled(_)
            | Detail::ActivityScheduled(_)
    )
}

/// An attempt before this one ended here.
fn is_end(detail: &Detail) -> bool {
    matches!(
        detail,
        Detail::TaskFailed { .. }
            | Detail::TaskTimedOut { .. }
            | Detail::LambdaFunctionFailed(_)
            | Detail::LambdaFunctionTimedOut(_)
            | Detail::ActivityFailed(_)
            | Detail::ActivityTimedOut(_)
    )
}
