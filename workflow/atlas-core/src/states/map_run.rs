//! `Map` in distributed mode: a map run, whose iterations are executions of their own.

use std::{collections::VecDeque, sync::Arc};

use atlas_asl::{model::ExecutionType, resource::Resource};

use super::{batches::batches, complete, item_reader, result_writer};
use crate::{
    ChildId, ChildRequest, Command, Failure, MapRun, MapRunCounts, MapRunId, MapRunLimits,
    MapRunStatus, Outcome, Payload, Processor, TaskId,
    branch::{Branch, BranchId, Child, ChildState, MapItem, MapRunPhase, Phase},
    failure::{self, Origin, StateFailure},
    history::Detail,
    map_run::Counter,
    program::{CompiledMap, Kind, Writer},
    shape,
    step::Cx,
};

/// A map run runs at most so many children at a time (AWS: Map state, distributed mode).
const MOST_CONCURRENCY: usize = 10_000;

pub(super) fn enter(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap) -> Result<(), StateFailure> {
    if let Some(reader) = &map.reader {
        return item_reader::enter(cx, id, map, reader);
    }
    let (input, items) = shape::items(cx, id, &map.items)?;
    let length = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let (items, batch_sizes) = prepared(cx, id, map, &input, items)?;
    let run = begin(cx, id, map, length)?;
    start(cx, id, map, run, input, items, batch_sizes)
}

/// Tells of the start of the run, and counts it.
pub(super) fn begin(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    length: u32,
) -> Result<MapRunId, StateFailure> {
    let max_concurrency = map
        .max_concurrency
        .as_ref()
        .map(|number| shape::number(cx, id, number, "MaxConcurrency"))
        .transpose()?;
    cx.record(id, Detail::MapStateStarted { length });
    // Recorded: what is tolerated is looked at after `MapStateStarted`, the concurrency before it.
    let limits = MapRunLimits {
        max_concurrency,
        tolerated_failure_count: map
            .tolerated_failure_count
            .as_ref()
            .map(|number| shape::tolerated_count(cx, id, number))
            .transpose()?
            .map(|count| count as u64),
        tolerated_failure_percentage: map
            .tolerated_failure_percentage
            .as_ref()
            .map(|percentage| shape::tolerated_percentage(cx, id, percentage))
            .transpose()?,
    };
    let arn = arn(cx, map);
    cx.record(id, Detail::MapRunStarted { map_run_arn: arn.clone().into_boxed_str() });
    let run = MapRunId(u32::try_from(cx.execution.map_runs.len()).unwrap_or(u32::MAX));
    let (state, started_at) = (cx.state(id).name.clone(), cx.now);
    cx.execution.map_runs.push(MapRun {
        arn: arn.into(),
        state,
        status: MapRunStatus::Running,
        started_at,
        ended_at: None,
        limits,
        items: MapRunCounts::default(),
        executions: MapRunCounts::default(),
        redrive_count: 0,
        redriven_at: None,
    });
    Ok(run)
}

fn arn(cx: &Cx<'_>, map: &CompiledMap) -> String {
    // A child execution's machine is `…:stateMachine:NAME/LABEL`.
    let machine_arn = &cx.execution.identity.state_machine_arn;
    let machine_arn = machine_arn.split_once('/').map_or(&**machine_arn, |(outer, _)| outer);
    let machine = machine_arn.replacen(":stateMachine:", ":mapRun:", 1);
    format!("{machine}/{}:{}", map.label, cx.random().uuid())
}

/// What each execution is given: an item, or a batch of selected items. Beside each batch, of how many
/// items it is.
pub(super) fn prepared(
    cx: &Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    input: &Payload,
    items: Vec<Payload>,
) -> Result<(Vec<Payload>, Vec<u32>), StateFailure> {
    let Some(batch) = &map.batch else { return Ok((items, Vec::new())) };
    // AWS applies `ItemSelector` to each item before it batches them.
    let items = match &map.item_selector {
        Some(selector) => (0u32..)
            .zip(items)
            .map(|(index, value)| shape::item(cx, id, input, selector, &MapItem { index, value }))
            .collect::<Result<_, _>>()?,
        None => items,
    };
    let (batches, sizes) = batches(cx, id, batch, items)?;
    Ok((batches, sizes.into_iter().map(|size| u32::try_from(size).unwrap_or(u32::MAX)).collect()))
}

/// Starts the first executions of a run whose items are known.
pub(super) fn start(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    run: MapRunId,
    input: Payload,
    items: Vec<Payload>,
    batch_sizes: Vec<u32>,
) -> Result<(), StateFailure> {
    let executions = items.len() as u64;
    let counted = &mut cx.execution.map_runs[run.0 as usize];
    counted.executions.pending = executions;
    counted.items.pending = if batch_sizes.is_empty() {
        executions
    } else {
        batch_sizes.iter().copied().map(u64::from).sum()
    };
    cx.branch_mut(id).phase = Phase::MapRun(Box::new(MapRunPhase {
        run,
        input,
        items,
        batch_sizes,
        children: Vec::new(),
        to_redrive: VecDeque::new(),
        running: 0,
        success_files: Vec::new(),
    }));
    advance(cx, id, map)
}

/// Starts as many executions as may run; ends the run once none is left.
fn advance(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap) -> Result<(), StateFailure> {
    let processor = cx.program.processor_of(map);
    loop {
        let Phase::MapRun(phase) = &mut cx.branch_mut(id).phase else { return Ok(()) };
        let (running, run) = (phase.running, phase.run);
        let is_next =
            phase.to_redrive.front().is_some() || phase.children.len() < phase.items.len();
        if !is_next {
            return if running == 0 { ended(cx, id, map) } else { Ok(()) };
        }
        let limit = match cx.execution.map_runs[run.0 as usize].limits.max_concurrency {
            None | Some(0) => MOST_CONCURRENCY,
            Some(limit) => usize::try_from(limit).unwrap_or(usize::MAX).min(MOST_CONCURRENCY),
        };
        if running >= limit {
            return Ok(());
        }
        let (request, from) = next_child(cx, id, map, &processor, run)?;
        cx.execution.map_runs[run.0 as usize].moves(from, Counter::Running, request.item_count);
        cx.execution.children.insert(request.child, id);
        cx.order(Command::StartChild(Box::new(request)));
    }
}

/// The execution whose turn it is, and in which state it was.
fn next_child(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    processor: &Processor,
    run: MapRunId,
) -> Result<(ChildRequest, Counter), StateFailure> {
    let map_run_arn = Arc::clone(&cx.execution.map_runs[run.0 as usize].arn);
    let (now, outer) = (cx.now, Arc::clone(&cx.execution.identity));
    let request = |child: &Child, item_count| ChildRequest {
        child: child.id,
        attempt: child.attempt,
        identity: Arc::new(outer.child(child.id, processor, &map_run_arn)),
        processor: processor.clone(),
        input: child.input.clone(),
        item_count,
    };
    let phase = cx.map_run_phase(id);
    if let Some(index) = phase.to_redrive.pop_front() {
        phase.running += 1;
        let item_count = phase.item_count(index);
        let child = &mut phase.children[index as usize];
        child.attempt += 1;
        child.state = ChildState::Running;
        child.ended_at = None;
        if processor.execution_type == ExecutionType::Express {
            // It is started anew.
            child.started_at = now;
        }
        return Ok((request(child, item_count), Counter::PendingRedrive));
    }
    let at = phase.children.len();
    let index = u32::try_from(at).unwrap_or(u32::MAX);
    let (input, value) = (phase.input.clone(), phase.items[at].clone());
    let is_batch = !phase.batch_sizes.is_empty();
    let input = match &map.item_selector {
        Some(selector) if !is_batch => {
            let item = MapItem { index, value };
            shape::item(cx, id, &input, selector, &item).inspect_err(|_| {
                halt(cx, id, MapRunStatus::Failed);
            })?
        }
        Some(_) | None => value,
    };
    cx.execution.last_child += 1;
    let child_id = ChildId(cx.execution.last_child);
    let phase = cx.map_run_phase(id);
    phase.running += 1;
    let child = Child {
        id: child_id,
        attempt: 0,
        input,
        state: ChildState::Running,
        started_at: now,
        ended_at: None,
        is_written: false,
    };
    let request = request(&child, phase.item_count(index));
    phase.children.push(child);
    Ok((request, Counter::Pending))
}

/// A child execution has ended.
pub(crate) fn child_ended(cx: &mut Cx<'_>, id: BranchId, child: ChildId, outcome: Outcome) {
    let Kind::Map(map) = &cx.state(id).kind else { return };
    cx.execution.children.remove(&child);
    let now = cx.now;
    let phase = cx.map_run_phase(id);
    let Some((index, _)) = phase.child(child) else { return };
    let (state, counter) = match outcome {
        Outcome::Succeeded { output } => (ChildState::Succeeded(output), Counter::Succeeded),
        Outcome::Failed(failure) => (ChildState::Failed(failure), Counter::Failed),
        Outcome::TimedOut(failure) => (ChildState::TimedOut(failure), Counter::TimedOut),
        Outcome::Aborted(failure) => (ChildState::Aborted(failure), Counter::Aborted),
    };
    let child = &mut phase.children[index as usize];
    child.state = state;
    child.ended_at = Some(now);
    phase.running -= 1;
    let (run, items) = (phase.run, phase.item_count(index));
    cx.execution.map_runs[run.0 as usize].moves(Counter::Running, counter, items);
    go_on(cx, id, map, run);
}

/// The limits of a run are others from now on.
pub(crate) fn updated(cx: &mut Cx<'_>, run: MapRunId, limits: MapRunLimits) {
    let known = &mut cx.execution.map_runs[run.0 as usize].limits;
    *known = known.updated(limits);
    let is_of_run = |branch: &Branch| match &branch.phase {
        Phase::MapRun(phase) => phase.run == run,
        _ => false,
    };
    let found = cx.execution.branches.iter().find(|(_, branch)| is_of_run(branch));
    let Some(id) = found.map(|(id, _)| *id) else { return };
    if let Kind::Map(map) = &cx.state(id).kind {
        go_on(cx, id, map, run);
    }
}

/// The next executions start, unless the run has failed.
fn go_on(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap, run: MapRunId) {
    let MapRun { limits, items, .. } = &cx.execution.map_runs[run.0 as usize];
    let gone_on = if limits.are_passed_by(items.unsuccessful(), items.total()) {
        exceeded(cx, id, map)
    } else {
        advance(cx, id, map)
    };
    if let Err(failed) = gone_on {
        halt(cx, id, MapRunStatus::Failed);
        failure::state_failed(cx, id, failed);
    }
}

/// More has failed than the run bears: the results are written, then the run fails.
fn exceeded(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap) -> Result<(), StateFailure> {
    let failure = Failure {
        error: Some("States.ExceedToleratedFailureThreshold".to_owned()),
        cause: Some("The specified tolerated failure threshold was exceeded".to_owned()),
    };
    stop_children(cx, id);
    match writer_of(map) {
        Some(writer) => result_writer::enter(cx, id, map, writer, Some(failure)),
        None => {
            failed(cx, id, failure);
            Ok(())
        }
    }
}

fn writer_of(map: &CompiledMap) -> Option<(&Writer, &Arc<Resource>)> {
    let writer = map.writer.as_ref()?;
    Some((writer, writer.resource.as_ref()?))
}

/// The run has failed: says so, and fails the state.
pub(super) fn failed(cx: &mut Cx<'_>, id: BranchId, failure: Failure) {
    halt(cx, id, MapRunStatus::Failed);
    cx.record(id, Detail::MapRunFailed(Box::new(failure.clone())));
    failure::state_failed(cx, id, StateFailure { failure, origin: Origin::Child });
}

/// All executions have ended: the results are written, or the state is done.
fn ended(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap) -> Result<(), StateFailure> {
    if let Some(writer) = writer_of(map) {
        return result_writer::enter(cx, id, map, writer, None);
    }
    match &map.writer {
        Some(writer) => result_writer::shaped(cx, id, map, writer.transformation),
        None => {
            let phase = cx.map_run_phase(id);
            let results = phase.children.iter().filter_map(|child| match &child.state {
                ChildState::Succeeded(output) => Some(Some(output.clone())),
                _ => None,
            });
            let (run, results) = (phase.run, shape::array_of(results.collect()));
            done(cx, id, run, results);
        }
    }
    Ok(())
}

/// The run is over, and the state has this result.
pub(super) fn done(cx: &mut Cx<'_>, id: BranchId, run: MapRunId, result: Payload) {
    let now = cx.now;
    cx.execution.map_runs[run.0 as usize].end(MapRunStatus::Succeeded, now);
    cx.record(id, Detail::MapRunSucceeded);
    // Recorded: `MapStateExited` refers to what `MapStateSucceeded` refers to.
    let previous = cx.branch(id).previous;
    cx.record_after(previous, Detail::MapStateSucceeded);
    complete(cx, id, result);
}

/// A call of the run's reader or writer was answered.
pub(crate) fn answered(cx: &mut Cx<'_>, id: BranchId, output: Payload) {
    let Kind::Map(map) = &cx.state(id).kind else { return };
    let done = match (&cx.branch(id).phase, &map.reader, writer_of(map)) {
        (Phase::Reading(_), Some(reader), _) => item_reader::read(cx, id, map, reader, &output),
        (Phase::Writing(_), _, Some((_, resource))) => {
            result_writer::written(cx, id, resource);
            Ok(())
        }
        _ => Ok(()),
    };
    if let Err(failed) = done {
        failure::state_failed(cx, id, failed);
    }
}

/// A call of the run's reader or writer failed.
pub(crate) fn call_failed(cx: &mut Cx<'_>, id: BranchId, failure: Failure) {
    let (error, task) = match &cx.branch(id).phase {
        Phase::Reading(reading) => ("States.ItemReaderFailed", reading.task),
        Phase::Writing(writing) => ("States.ResultWriterFailed", writing.task),
        _ => return,
    };
    cx.execution.tasks.remove(&task);
    let cause = failure.cause.or(failure.error);
    failed(cx, id, Failure { error: Some(error.to_owned()), cause });
}

/// Stops what a run still does, and counts it as ended in this way.
pub(super) fn halt(cx: &mut Cx<'_>, id: BranchId, status: MapRunStatus) {
    let run = match &cx.branch(id).phase {
        Phase::Reading(reading) => {
            let (task, run) = (reading.task, reading.run);
            forget_call(cx, task);
            run
        }
        Phase::Writing(writing) => {
            let (task, run) = (writing.task, writing.run.run);
            forget_call(cx, task);
            run
        }
        Phase::MapRun(phase) => {
            let run = phase.run;
            stop_children(cx, id);
            run
        }
        _ => return,
    };
    let now = cx.now;
    cx.execution.map_runs[run.0 as usize].end(status, now);
}

/// Stops the executions that run.
fn stop_children(cx: &mut Cx<'_>, id: BranchId) {
    let now = cx.now;
    let phase = cx.map_run_phase(id);
    let (run, mut stopped) = (phase.run, Vec::new());
    for index in 0..phase.children.len() {
        let child = &mut phase.children[index];
        if child.is_running() {
            child.state = ChildState::Aborted(Failure::default());
            child.ended_at = Some(now);
            let id = child.id;
            stopped.push((id, phase.item_count(u32::try_from(index).unwrap_or(u32::MAX))));
        }
    }
    phase.running = 0;
    for (child, items) in stopped {
        cx.execution.children.remove(&child);
        cx.order(Command::StopChild(child));
        cx.execution.map_runs[run.0 as usize].moves(Counter::Running, Counter::Aborted, items);
    }
}

/// A call that is out is given up; one that has been answered is forgotten.
fn forget_call(cx: &mut Cx<'_>, task: TaskId) {
    if cx.execution.tasks.remove(&task).is_some() {
        cx.order(Command::CancelTask(task));
    }
}

/// The execution ends, and its map runs with it.
pub(crate) fn end_all(cx: &mut Cx<'_>) {
    let now = cx.now;
    for run in &mut cx.execution.map_runs {
        if run.status == MapRunStatus::Running {
            run.end(MapRunStatus::Aborted, now);
        }
    }
}

/// A run that ended otherwise than well goes on: with the executions that did, and those that have
/// never been started.
pub(crate) fn redriven(cx: &mut Cx<'_>, id: BranchId) {
    let Kind::Map(map) = &cx.state(id).kind else { return };
    let branch = cx.branch_mut(id);
    if let Phase::Writing(writing) = &branch.phase {
        branch.phase = Phase::MapRun(Box::new(writing.run.clone()));
    }
    let now = cx.now;
    let phase = cx.map_run_phase(id);
    let run = phase.run;
    phase.running = 0;
    let mut waiting = Vec::new();
    for (index, child) in (0u32..).zip(&mut phase.children) {
        let from = match &child.state {
            ChildState::Succeeded(_) => continue,
            ChildState::Failed(_) => Counter::Failed,
            ChildState::TimedOut(_) => Counter::TimedOut,
            // What ran, or waited, when the run ended was counted as aborted.
            ChildState::Running | ChildState::Aborted(_) | ChildState::PendingRedrive => {
                Counter::Aborted
            }
        };
        child.state = ChildState::PendingRedrive;
        waiting.push((index, from));
    }
    phase.to_redrive = waiting.iter().map(|(index, _)| *index).collect();
    let moved: Vec<(Counter, u32)> =
        waiting.iter().map(|(index, from)| (*from, phase.item_count(*index))).collect();
    let counted = &mut cx.execution.map_runs[run.0 as usize];
    for (from, items) in moved {
        counted.moves(from, Counter::PendingRedrive, items);
    }
    counted.status = MapRunStatus::Running;
    counted.ended_at = None;
    counted.redrive_count += 1;
    counted.redriven_at = Some(now);
    let (map_run_arn, redrive_count) = (Box::from(&*counted.arn), counted.redrive_count);
    cx.record(id, Detail::MapRunRedriven { map_run_arn, redrive_count });
    go_on(cx, id, map, run);
}

impl Cx<'_> {
    /// What a branch in a map run does.
    pub(super) fn map_run_phase(&mut self, id: BranchId) -> &mut MapRunPhase {
        match &mut self.branch_mut(id).phase {
            Phase::MapRun(phase) => phase,
            _ => unreachable!("only branches in a map run are asked"),
        }
    }
}

impl MapRunPhase {
    /// The child of this id, and its place. Ids are given in the order of the places.
    pub(crate) fn child(&self, id: ChildId) -> Option<(u32, &Child)> {
        let at = self.children.binary_search_by_key(&id, |child| child.id).ok()?;
        Some((u32::try_from(at).ok()?, self.children.get(at)?))
    }

    /// Of how many items a child is.
    pub(super) fn item_count(&self, index: u32) -> u32 {
        self.batch_sizes.get(index as usize).copied().unwrap_or(1)
    }
}
