//! `Parallel`: its branches run side by side; the first to fail ends the others.

use super::{abort_if_alive, complete};
use crate::{
    Failure, Payload,
    branch::{BranchId, ParallelPhase, Phase},
    failure::{self, Origin, StateFailure},
    history::{Detail, EventId},
    program::{Kind, StateIndex},
    shape,
    step::Cx,
};

pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    starts: &[StateIndex],
) -> Result<(), StateFailure> {
    let input = shape::arguments(cx, id, None)?;
    let started = cx.record(id, Detail::ParallelStateStarted);
    if starts.is_empty() {
        complete(cx, id, shape::array_of(Vec::new()));
        return Ok(());
    }
    let variables = cx.branch(id).variables.clone();
    let children: Vec<BranchId> = (0u32..)
        .zip(starts)
        .map(|(index, start)| {
            cx.spawn(Some((id, index)), *start, input.clone(), started, variables.inner())
        })
        .collect();
    let results = vec![None; children.len()];
    let remaining = children.len();
    cx.branch_mut(id).phase =
        Phase::Parallel(Box::new(ParallelPhase { children, results, remaining }));
    Ok(())
}

/// One branch has ended well; the last one ends the state.
pub(super) fn branch_succeeded(
    cx: &mut Cx<'_>,
    id: BranchId,
    child: BranchId,
    index: u32,
    output: Payload,
) {
    let last_event = cx.branch(child).previous;
    cx.execution.branches.remove(&child);
    let Phase::Parallel(parallel) = &mut cx.branch_mut(id).phase else { return };
    parallel.results[index as usize] = Some(output);
    parallel.remaining -= 1;
    if parallel.remaining > 0 {
        return;
    }
    let results = std::mem::take(&mut parallel.results);
    cx.branch_mut(id).previous = last_event;
    // Recorded: `ParallelStateExited` refers to what `ParallelStateSucceeded` refers to.
    cx.record_after(last_event, Detail::ParallelStateSucceeded);
    complete(cx, id, shape::array_of(results));
}

/// Recorded (test_parallel_catch_error, and of a Map in 2026): the task that failed is told of as aborted, too.
pub(super) fn task_aborted(cx: &mut Cx<'_>, child: BranchId, failed: EventId) {
    if matches!(cx.state(child).kind, Kind::Task(_)) {
        cx.record_after(failed, Detail::TaskStateAborted);
    }
}

/// One branch has failed: the others are aborted, and the state has failed.
pub(crate) fn branch_failed(cx: &mut Cx<'_>, id: BranchId, child: BranchId, failure: Failure) {
    let last_event = cx.branch(child).previous;
    let phase = std::mem::replace(&mut cx.branch_mut(id).phase, Phase::Entering);
    let Phase::Parallel(parallel) = phase else { return };
    for sibling in parallel.children {
        if sibling == child {
            task_aborted(cx, child, last_event);
            cx.execution.branches.remove(&child);
        } else {
            abort_if_alive(cx, sibling, last_event);
        }
    }
    cx.branch_mut(id).previous = last_event;
    failure::state_failed(cx, id, StateFailure { failure, origin: Origin::Child });
}
