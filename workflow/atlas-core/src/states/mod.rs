//! The state types, one file each, and what all of them share: being entered and being left.

pub(crate) mod batches;
pub(crate) mod choice;
pub(crate) mod fail;
mod item_reader;
pub(crate) mod map;
pub(crate) mod map_run;
pub(crate) mod parallel;
pub(crate) mod pass;
mod result_writer;
pub(crate) mod task;
pub(crate) mod wait;

use crate::{
    MapRunStatus, Outcome, Payload,
    branch::{BranchId, Phase},
    failure::{self, StateFailure},
    history::{Assigned, Detail, EventId},
    program::{Kind, StateIndex},
    shape,
    step::Cx,
};

/// The most bytes that a state may hand on.
pub(crate) const MAX_PAYLOAD_BYTES: usize = 262_144;

/// The most levels that a document may nest. AWS names no limit; without one, a loop that wraps its
/// input would grow a document that no thread's stack is deep enough to write.
const MAX_PAYLOAD_LEVELS: usize = 500;

/// What a state gives: its output, and the variables that it assigns.
#[derive(Debug)]
pub(crate) struct Shaped {
    pub(crate) output: Payload,
    pub(crate) assigned: Option<Assigned>,
}

/// Enters the state where a branch stands, or tries it again.
pub(crate) fn enter(cx: &mut Cx<'_>, id: BranchId) {
    let state = cx.state(id);
    if matches!(cx.branch(id).phase, Phase::Entering) {
        let branch = cx.branch_mut(id);
        branch.previous_of_entered = branch.previous;
        branch.retries.clear();
        let input = branch.input.clone();
        let name = state.name.clone();
        let entered =
            cx.record(id, Detail::StateEntered { state_type: state.state_type, name, input });
        let now = cx.now;
        let branch = cx.branch_mut(id);
        branch.entered = entered;
        branch.entered_at = now;
        branch.has_entered = true;
    }
    let done = match &state.kind {
        Kind::Task(task) => task::enter(cx, id, task),
        Kind::Pass { result } => pass::enter(cx, id, result.as_ref()),
        Kind::Choice { rules, default } => choice::enter(cx, id, rules, *default),
        Kind::Wait(wait) => wait::enter(cx, id, wait),
        Kind::Succeed => succeed(cx, id),
        Kind::Fail { error, cause } => fail::enter(cx, id, error.as_ref(), cause.as_ref()),
        Kind::Parallel { starts } => parallel::enter(cx, id, starts),
        Kind::Map(map) if map.distributed => map_run::enter(cx, id, map),
        Kind::Map(map) => map::enter(cx, id, map),
    };
    if let Err(failed) = done {
        failure::state_failed(cx, id, failed);
    }
}

/// `Succeed`: the branch ends here.
fn succeed(cx: &mut Cx<'_>, id: BranchId) -> Result<(), StateFailure> {
    let shaped = shape::passed_through(cx, id)?;
    leave(cx, id, shaped, None);
    Ok(())
}

/// The state is done with this result: shapes it and goes on.
pub(crate) fn complete(cx: &mut Cx<'_>, id: BranchId, result: Payload) {
    let next = cx.state(id).next;
    match shape::result(cx, id, result) {
        Ok(shaped) => leave(cx, id, shaped, next),
        Err(failed) => failure::state_failed(cx, id, failed),
    }
}

/// Leaves the state, for `next` or for the end of the branch.
pub(crate) fn leave(cx: &mut Cx<'_>, id: BranchId, shaped: Shaped, next: Option<StateIndex>) {
    let state = cx.state(id);
    let Shaped { output, assigned } = shaped;
    if output.is_longer_than(MAX_PAYLOAD_BYTES) {
        let failed = StateFailure::too_large(state.name.as_str());
        return failure::state_failed(cx, id, failed);
    }
    let is_too_deep = |payload: &Payload| payload.is_deeper_than(MAX_PAYLOAD_LEVELS);
    if (!output.is_same(&cx.branch(id).input) && is_too_deep(&output))
        || assigned.iter().flat_map(|assigned| assigned.iter()).any(|(_, value)| is_too_deep(value))
    {
        let failed = StateFailure::runtime(format!(
            "The state's output or a variable nests deeper than {MAX_PAYLOAD_LEVELS} levels."
        ));
        return failure::state_failed(cx, id, failed);
    }
    cx.branch_mut(id).assign(assigned.as_ref());
    cx.record(
        id,
        Detail::StateExited {
            state_type: state.state_type,
            name: state.name.clone(),
            output: output.clone(),
            assigned,
        },
    );
    match next {
        Some(next) => {
            let branch = cx.branch_mut(id);
            branch.state = next;
            branch.input = output;
            branch.phase = Phase::Entering;
            branch.has_entered = false;
            cx.execution.ready.push_back(id);
        }
        None => branch_succeeded(cx, id, output),
    }
}

fn branch_succeeded(cx: &mut Cx<'_>, id: BranchId, output: Payload) {
    match cx.branch(id).parent {
        None => {
            let previous = cx.branch(id).previous;
            cx.finish(previous, Outcome::Succeeded { output });
        }
        Some((parent, index)) => match &cx.state(parent).kind {
            Kind::Map(_) => map::iteration_succeeded(cx, parent, id, index, output),
            Kind::Task(_)
            | Kind::Pass { .. }
            | Kind::Choice { .. }
            | Kind::Wait(_)
            | Kind::Succeed
            | Kind::Fail { .. }
            | Kind::Parallel { .. } => {
                parallel::branch_succeeded(cx, parent, id, index, output);
            }
        },
    }
}

/// Ends a branch from outside, with everything inside it: a sibling has failed, as the event `failed` says.
///
/// Recorded in 2026: to that event all events refer that tell of it.
pub(crate) fn abort(cx: &mut Cx<'_>, id: BranchId, failed: EventId) {
    abort_state(cx, id, failed);
    cx.execution.branches.remove(&id);
}

/// Ends what a branch does in its state, with everything inside it; the branch itself stays.
fn abort_state(cx: &mut Cx<'_>, id: BranchId, failed: EventId) {
    map_run::halt(cx, id, MapRunStatus::Aborted);
    let phase = std::mem::replace(&mut cx.branch_mut(id).phase, Phase::Entering);
    match phase {
        Phase::Entering | Phase::Retrying => {}
        Phase::Task(task) => {
            task::close(cx, &task);
            cx.order(crate::Command::CancelTask(task.task));
            cx.record_after(failed, Detail::TaskStateAborted);
        }
        Phase::Waiting(timer) => {
            cx.cancel_timer(timer);
            cx.record_after(failed, Detail::WaitStateAborted);
        }
        Phase::BackingOff(timer) => {
            cx.cancel_timer(timer);
            let aborted = match cx.state(id).kind {
                Kind::Parallel { .. } => Detail::ParallelStateAborted,
                Kind::Map(_) => Detail::MapStateAborted,
                Kind::Task(_)
                | Kind::Pass { .. }
                | Kind::Choice { .. }
                | Kind::Wait(_)
                | Kind::Succeed
                | Kind::Fail { .. } => Detail::TaskStateAborted,
            };
            cx.record_after(failed, aborted);
        }
        Phase::Parallel(parallel) => {
            parallel.children.into_iter().for_each(|child| abort_if_alive(cx, child, failed));
            cx.record_after(failed, Detail::ParallelStateAborted);
        }
        Phase::Map(map) => {
            for child in map.running {
                map::abort_iteration(cx, id, child, failed);
            }
            cx.record_after(failed, Detail::MapStateAborted);
        }
        Phase::Reading(_) | Phase::MapRun(_) | Phase::Writing(_) => {
            cx.record_after(failed, Detail::MapRunAborted);
            cx.record_after(failed, Detail::MapStateAborted);
        }
    }
}

pub(crate) fn abort_if_alive(cx: &mut Cx<'_>, id: BranchId, failed: EventId) {
    if cx.execution.branches.contains_key(&id) {
        abort(cx, id, failed);
    }
}
