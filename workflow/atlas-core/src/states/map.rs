//! `Map`: one iteration for each item, as many at a time as the state allows.

use std::{collections::BTreeSet, sync::Arc};

use super::{abort, complete, parallel};
use crate::{
    Failure, Payload,
    branch::{BranchId, MapItem, MapPhase, Phase},
    failure::{self, Origin, StateFailure},
    history::{Detail, EventId},
    program::{CompiledMap, Kind},
    shape,
    step::Cx,
};

/// An inline map runs at most so many iterations at a time (AWS: Map state, inline mode).
const INLINE_CONCURRENCY: usize = 40;

pub(super) fn enter(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap) -> Result<(), StateFailure> {
    let (input, items) = shape::items(cx, id, &map.items)?;
    let limit = match &map.max_concurrency {
        Some(number) => match shape::number(cx, id, number, "MaxConcurrency")? {
            0 => usize::MAX,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        },
        None => usize::MAX,
    };
    let length = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let previous = cx.record(id, Detail::MapStateStarted { length });
    let remaining = items.len();
    cx.branch_mut(id).phase = Phase::Map(Box::new(MapPhase {
        results: vec![None; items.len()],
        input,
        items,
        next: 0,
        running: BTreeSet::new(),
        remaining,
    }));
    if remaining == 0 {
        done(cx, id);
        return Ok(());
    }
    for _ in 0..limit.min(INLINE_CONCURRENCY).min(remaining) {
        start_next(cx, id, map, previous)?;
    }
    Ok(())
}

/// Starts the next iteration, where one is left.
fn start_next(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    previous: EventId,
) -> Result<(), StateFailure> {
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return Ok(()) };
    let Some(value) = phase.items.get(phase.next).cloned() else { return Ok(()) };
    let index = u32::try_from(phase.next).unwrap_or(u32::MAX);
    phase.next += 1;
    let input = phase.input.clone();
    let item = Arc::new(MapItem { index, value });
    let input = match &map.item_selector {
        Some(selector) => shape::item(cx, id, &input, selector, &item)
            .inspect_err(|_| abort_running(cx, id, previous))?,
        None => item.value.clone(),
    };
    let name = cx.state(id).name.clone();
    let started = cx.record_after(previous, Detail::MapIterationStarted { name, index });
    let variables = cx.branch(id).variables.inner();
    let child = cx.spawn(Some((id, index)), map.start, input, started, variables);
    cx.branch_mut(child).item = Some(item);
    if let Phase::Map(phase) = &mut cx.branch_mut(id).phase {
        phase.running.insert(child);
    }
    Ok(())
}

/// One iteration has ended well: the next one starts, or the state is done.
pub(super) fn iteration_succeeded(
    cx: &mut Cx<'_>,
    id: BranchId,
    child: BranchId,
    index: u32,
    output: Payload,
) {
    let Kind::Map(map) = &cx.state(id).kind else { return };
    let last_event = cx.branch(child).previous;
    let name = cx.state(id).name.clone();
    let event = cx.record_after(last_event, Detail::MapIterationSucceeded { name, index });
    cx.execution.branches.remove(&child);
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    phase.running.remove(&child);
    phase.results[index as usize] = Some(output);
    ended_one(cx, id, map, event, last_event);
}

/// One iteration has failed: the others are aborted, and the state has failed.
pub(crate) fn iteration_failed(
    cx: &mut Cx<'_>,
    id: BranchId,
    child: BranchId,
    index: u32,
    failure: Failure,
) {
    let last_event = cx.branch(child).previous;
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    // Recorded in 2026: in their order, with the one that failed among them.
    for sibling in std::mem::take(&mut phase.running) {
        if sibling == child {
            let name = cx.state(id).name.clone();
            cx.record_after(last_event, Detail::MapIterationFailed { name, index });
            parallel::task_aborted(cx, child, last_event);
            cx.execution.branches.remove(&child);
        } else {
            abort_iteration(cx, id, sibling, last_event);
        }
    }
    // Recorded: `MapStateFailed` refers to the event that failed the iteration.
    cx.branch_mut(id).previous = last_event;
    failure::state_failed(cx, id, StateFailure { failure, origin: Origin::Child });
}

/// An iteration is over: `event` told of it, `last_event` was its own last one.
fn ended_one(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    event: EventId,
    last_event: EventId,
) {
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    phase.remaining -= 1;
    if phase.remaining == 0 {
        cx.branch_mut(id).previous = event;
        return done(cx, id);
    }
    // Recorded: the next iteration refers to the last event of the one whose place it takes.
    if let Err(failed) = start_next(cx, id, map, last_event) {
        cx.branch_mut(id).phase = Phase::Entering;
        failure::state_failed(cx, id, failed);
    }
}

fn done(cx: &mut Cx<'_>, id: BranchId) {
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    let results = std::mem::take(&mut phase.results);
    // Recorded: `MapStateExited` refers to what `MapStateSucceeded` refers to.
    let previous = cx.branch(id).previous;
    cx.record_after(previous, Detail::MapStateSucceeded);
    complete(cx, id, shape::array_of(results));
}

fn abort_running(cx: &mut Cx<'_>, id: BranchId, failed: EventId) {
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    for child in std::mem::take(&mut phase.running) {
        abort_iteration(cx, id, child, failed);
    }
}

/// Ends an iteration from outside.
pub(super) fn abort_iteration(cx: &mut Cx<'_>, id: BranchId, child: BranchId, failed: EventId) {
    let Some(branch) = cx.execution.branches.get(&child) else { return };
    let index = branch.parent.map_or(0, |(_, index)| index);
    let name = cx.state(id).name.clone();
    cx.record_after(failed, Detail::MapIterationAborted { name, index });
    abort(cx, child, failed);
}
