//! Redrive: an execution that ended otherwise than well goes on where it stopped.
//!
//! What has been done stays done. The states that did not end are tried again: a Task is scheduled
//! anew, of a Parallel or a Map only the branches and iterations that did not end, of a map run only
//! the child executions that did not end well (AWS: Redriving executions).

use std::collections::BTreeSet;

use atlas_asl::model::ExecutionType;

use crate::{
    Execution, Failure, Outcome, Timestamp,
    branch::{BranchId, Phase},
    execution::Timer,
    failure,
    history::{Detail, EventId},
    program::Kind,
    states,
    step::Cx,
};

/// Only within these days after its end can an execution be redriven.
const REDRIVABLE_MILLIS: i64 = 14 * 24 * 60 * 60 * 1000;
/// The redrive needs an event of its own, and one at least must follow it.
const MOST_EVENTS: usize = 24_999;
/// How old an execution may get.
const MOST_AGE_MILLIS: i64 = 365 * 24 * 60 * 60 * 1000;

/// Why an execution cannot be redriven, in AWS's words for `redriveStatusReason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRedrivable {
    /// It is one of an EXPRESS machine.
    #[error("Execution is EXPRESS and cannot be redriven")]
    Express,
    /// It has not ended.
    #[error("Execution is RUNNING and cannot be redriven")]
    Running,
    /// It has ended well.
    #[error("Execution is SUCCEEDED and cannot be redriven")]
    Succeeded,
    /// Its history is full.
    #[error("Execution history event limit exceeded")]
    HistoryFull,
    /// It began more than a year ago.
    #[error("Execution has exceeded the max execution time")]
    TooOld,
    /// It ended more than 14 days ago.
    #[error("Execution redrivable period exceeded")]
    TooLate,
}

impl Execution {
    /// Says whether it can be redriven at this moment.
    pub fn redrivability(&self, now: Timestamp) -> Result<(), NotRedrivable> {
        let (Some(began), Some(outcome)) = (&self.began, &self.outcome) else {
            return Err(NotRedrivable::Running);
        };
        if matches!(outcome, Outcome::Succeeded { .. }) {
            return Err(NotRedrivable::Succeeded);
        }
        if !self.can_be_redriven() {
            return Err(NotRedrivable::Express);
        }
        if self.history.len() >= MOST_EVENTS {
            return Err(NotRedrivable::HistoryFull);
        }
        if now.millis_since(began.at) >= MOST_AGE_MILLIS {
            return Err(NotRedrivable::TooOld);
        }
        if self.ended_at.is_some_and(|ended_at| now.millis_since(ended_at) > REDRIVABLE_MILLIS) {
            return Err(NotRedrivable::TooLate);
        }
        Ok(())
    }

    pub(crate) fn can_be_redriven(&self) -> bool {
        self.identity.execution_type == ExecutionType::Standard
    }

    /// It has ended, and what a redrive would go on with is known.
    pub(crate) fn is_halted(&self) -> bool {
        self.outcome.is_some() && self.halted.is_some() && self.history.len() < MOST_EVENTS
    }
}

/// Remembers all branches as they are before one of them fails the execution: from here on they are
/// aborted, one by one.
pub(crate) fn remember(cx: &mut Cx<'_>, id: BranchId, failure: &Failure) {
    let is_nested = cx.branch(id).parent.is_some();
    if is_nested
        && cx.execution.halted.is_none()
        && cx.execution.can_be_redriven()
        && !failure::is_dealt_with_outside(cx, id, failure)
    {
        cx.execution.halted = Some(cx.execution.branches.clone());
    }
}

/// The execution goes on.
pub(crate) fn redriven(cx: &mut Cx<'_>) {
    let execution = &mut *cx.execution;
    let Some(branches) = execution.halted.take() else { return };
    execution.outcome = None;
    execution.ended_at = None;
    execution.redrives.push(cx.now);
    execution.context.clear();
    execution.branches = branches;
    let last = EventId::try_from(execution.history.len()).unwrap_or(EventId::MAX);
    let redrive_count = u32::try_from(execution.redrives.len()).unwrap_or(u32::MAX);
    let event = cx.record_after(last, Detail::ExecutionRedriven { redrive_count });
    // AWS: the timeout of the machine begins anew.
    if let Some(seconds) = cx.longest_seconds() {
        cx.start_timer(Timer::Execution, cx.after_seconds(seconds));
    }
    let branches = &cx.execution.branches;
    let ids: Vec<BranchId> = branches.keys().copied().collect();
    let waited_for: BTreeSet<BranchId> =
        branches.values().filter_map(|branch| Some(branch.parent?.0)).collect();
    for id in ids {
        let branch = cx.branch_mut(id);
        // AWS: all attempts of a retrier are there again.
        branch.retries.clear();
        let (entered, has_entered) = (branch.entered, branch.has_entered);
        // Recorded in 2026: a task that is scheduled again refers to what entered its state.
        let is_task = has_entered && matches!(cx.state(id).kind, Kind::Task(_));
        let branch = cx.branch_mut(id);
        branch.previous = if is_task { entered } else { event };
        if waited_for.contains(&id) {
            continue;
        }
        match &branch.phase {
            Phase::MapRun(_) | Phase::Writing(_) => states::map_run::redriven(cx, id),
            Phase::Entering
            | Phase::Retrying
            | Phase::Task(_)
            | Phase::Waiting(_)
            | Phase::BackingOff(_)
            | Phase::Parallel(_)
            | Phase::Map(_)
            | Phase::Reading(_) => {
                branch.phase = if branch.has_entered { Phase::Retrying } else { Phase::Entering };
                cx.execution.ready.push_back(id);
            }
        }
    }
}
