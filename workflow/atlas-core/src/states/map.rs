//! `Map`: one iteration for each item, as many at a time as the state allows.

use std::{collections::BTreeSet, sync::Arc};

use super::{abort, batches::batches, complete};
use crate::{
    Failure, Payload,
    branch::{BranchId, MapItem, MapPhase, Phase},
    failure::{self, Origin, StateFailure},
    history::{Detail, EventId},
    program::{CompiledMap, Kind},
    shape,
    step::Cx,
    variables::Variables,
};

/// An inline map runs at most so many iterations at a time (AWS: Map state, inline mode).
const INLINE_CONCURRENCY: usize = 40;
/// A distributed map runs at most so many children at a time (AWS: Map state, distributed mode).
const DISTRIBUTED_CONCURRENCY: usize = 10_000;

pub(super) fn enter(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap) -> Result<(), StateFailure> {
    for (field, resource) in [("ItemReader", &map.reader), ("ResultWriter", &map.writer)] {
        if let Some(resource) = resource {
            return Err(StateFailure::runtime(format!(
                "The {field} `{resource}` cannot be called here; give the items in the input, or \
                 run the machine on AWS."
            )));
        }
    }
    let (input, mut items) = shape::items(cx, id, &map.items)?;
    let count = items.len();
    let mut batch_sizes = Vec::new();
    if let (Some(batch), true) = (&map.batch, map.distributed) {
        // AWS applies `ItemSelector` to each item before it batches them.
        if let Some(selector) = &map.item_selector {
            items = (0u32..)
                .zip(items)
                .map(|(index, value)| {
                    shape::item(cx, id, &input, selector, &MapItem { index, value })
                })
                .collect::<Result<_, _>>()?;
        }
        (items, batch_sizes) = batches(cx, id, batch, items)?;
    }
    let limit = match &map.max_concurrency {
        Some(number) => match shape::number(cx, id, number, "MaxConcurrency")? {
            0 => usize::MAX,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        },
        None => usize::MAX,
    };
    let length = u32::try_from(count).unwrap_or(u32::MAX);
    let mut previous = cx.record(id, Detail::MapStateStarted { length });
    // Recorded: what is tolerated is looked at after `MapStateStarted`, the concurrency before it.
    let tolerated = if map.distributed { tolerated(cx, id, map, count)? } else { 0 };
    if map.distributed {
        let map_run_arn = map_run_arn(cx, id, map).into_boxed_str();
        previous = cx.record(id, Detail::MapRunStarted { map_run_arn });
    }
    let most = if map.distributed { DISTRIBUTED_CONCURRENCY } else { INLINE_CONCURRENCY };
    let remaining = items.len();
    cx.branch_mut(id).phase = Phase::Map(Box::new(MapPhase {
        results: vec![None; items.len()],
        input,
        items,
        batch_sizes,
        next: 0,
        running: BTreeSet::new(),
        remaining,
        failed: 0,
        tolerated,
    }));
    if remaining == 0 {
        done(cx, id, map);
        return Ok(());
    }
    for _ in 0..limit.min(most).min(remaining) {
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
    let (is_batch, input) = (!phase.batch_sizes.is_empty(), phase.input.clone());
    let item = Arc::new(MapItem { index, value });
    let input = match &map.item_selector {
        Some(selector) if !is_batch => {
            shape::item(cx, id, &input, selector, &item).inspect_err(|_| abort_running(cx, id))?
        }
        Some(_) | None => item.value.clone(),
    };
    let name = cx.state(id).name.clone();
    let silent = map.distributed || cx.branch(id).silent;
    let started = if silent {
        previous
    } else {
        cx.record_beside(id, previous, Detail::MapIterationStarted { name, index })
    };
    // AWS: the executions of a distributed map see no variable of the machine around them.
    let variables =
        if map.distributed { Variables::default() } else { cx.branch(id).variables.inner() };
    let child = cx.spawn(Some((id, index)), map.start, input, started, variables);
    let branch = cx.branch_mut(child);
    branch.item = Some(item);
    branch.silent = silent;
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
    let event = if map.distributed {
        cx.branch(id).previous
    } else {
        cx.record_beside(id, last_event, Detail::MapIterationSucceeded { name, index })
    };
    cx.forget(child, id);
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    phase.running.remove(&child);
    phase.results[index as usize] = Some(output);
    ended_one(cx, id, map, event, last_event);
}

/// One iteration has failed. Inline, the others are aborted and the state has failed; a map run
/// goes on while it tolerates the failures.
pub(crate) fn iteration_failed(
    cx: &mut Cx<'_>,
    id: BranchId,
    child: BranchId,
    index: u32,
    failure: Failure,
) {
    let Kind::Map(map) = &cx.state(id).kind else { return };
    let last_event = cx.branch(child).previous;
    let name = cx.state(id).name.clone();
    if !map.distributed {
        cx.record_beside(id, last_event, Detail::MapIterationFailed { name, index });
    }
    cx.forget(child, id);
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    phase.running.remove(&child);
    // Every item of a batch that fails has failed (AWS: `MapRunItemCounts`).
    phase.failed += phase.batch_sizes.get(index as usize).copied().unwrap_or(1);
    if !map.distributed {
        abort_running(cx, id);
        // Recorded: `MapStateFailed` refers to the event that failed the iteration.
        cx.branch_mut(id).previous = last_event;
        return failure::state_failed(cx, id, StateFailure { failure, origin: Origin::Child });
    }
    if phase.failed > phase.tolerated {
        abort_running(cx, id);
        let failure = Failure {
            error: Some("States.ExceedToleratedFailureThreshold".to_owned()),
            cause: Some("The specified tolerated failure threshold was exceeded".to_owned()),
        };
        cx.record(id, Detail::MapRunFailed(Box::new(failure.clone())));
        return failure::state_failed(cx, id, StateFailure { failure, origin: Origin::Child });
    }
    let previous = cx.branch(id).previous;
    ended_one(cx, id, map, previous, previous);
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
        return done(cx, id, map);
    }
    // Recorded: the next iteration refers to the last event of the one whose place it takes.
    if let Err(failed) = start_next(cx, id, map, last_event) {
        cx.branch_mut(id).phase = Phase::Entering;
        failure::state_failed(cx, id, failed);
    }
}

fn done(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap) {
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    let results = std::mem::take(&mut phase.results);
    if map.distributed {
        cx.record(id, Detail::MapRunSucceeded);
    }
    // Recorded: `MapStateExited` refers to what `MapStateSucceeded` refers to.
    let previous = cx.branch(id).previous;
    cx.record_beside(id, previous, Detail::MapStateSucceeded);
    let results =
        if map.distributed { results.into_iter().flatten().map(Some).collect() } else { results };
    complete(cx, id, shape::array_of(results));
}

fn abort_running(cx: &mut Cx<'_>, id: BranchId) {
    let Phase::Map(phase) = &mut cx.branch_mut(id).phase else { return };
    for child in std::mem::take(&mut phase.running) {
        abort_iteration(cx, id, child);
    }
}

/// Ends an iteration from outside.
pub(super) fn abort_iteration(cx: &mut Cx<'_>, id: BranchId, child: BranchId) {
    let Some(branch) = cx.execution.branches.get(&child) else { return };
    let index = branch.parent.map_or(0, |(_, index)| index);
    let (last_event, silent) = (branch.previous, branch.silent);
    abort(cx, child);
    if !silent {
        let name = cx.state(id).name.clone();
        cx.record_beside(id, last_event, Detail::MapIterationAborted { name, index });
    }
}

/// How many failed items a map run bears.
fn tolerated(
    cx: &Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    items: usize,
) -> Result<usize, StateFailure> {
    let count = match &map.tolerated_failure_count {
        Some(number) => Some(shape::tolerated_count(cx, id, number)?),
        None => None,
    };
    let share = match &map.tolerated_failure_percentage {
        Some(percentage) => {
            let percentage = shape::tolerated_percentage(cx, id, percentage)?;
            #[expect(
                clippy::cast_precision_loss,
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a count of items, between 0 and the count"
            )]
            let share = (items as f64 * percentage / 100.0).floor() as usize;
            Some(share)
        }
        None => None,
    };
    // The first threshold that is passed fails the run.
    Ok(match (count, share) {
        (Some(count), Some(share)) => count.min(share),
        (Some(tolerated), None) | (None, Some(tolerated)) => tolerated,
        (None, None) => 0,
    })
}

fn map_run_arn(cx: &Cx<'_>, id: BranchId, map: &CompiledMap) -> String {
    let identity = &cx.execution.identity;
    let machine = identity.state_machine_arn.replacen(":stateMachine:", ":mapRun:", 1);
    let label = map.label.clone().unwrap_or_else(|| format!("{:016x}", cx.random().next()));
    let run = cx.random().next();
    format!("{machine}/{label}:{run:016x}-{}", id.0)
}
