//! Map runs: found by their ARN, changed while they run, and their child executions.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use atlas_asl::model::ExecutionType;
use atlas_core::{ChildRequest, Execution, Fact, MapRun, MapRunId, MapRunLimits, Outcome};

use crate::{
    accept::Refused,
    archive::Status,
    cell::{Body, Cell, ChildOf, Part},
    engine::{Engine, Inner},
    error::EngineError,
    queue::{Queue, Work},
    start::Claim,
};

/// Where the map runs are, by ARN.
#[derive(Debug, Default)]
pub(crate) struct MapRuns(Mutex<ByArn>);

/// The execution of a map run, and which of its runs it is.
type ByArn = HashMap<Arc<str>, (Weak<Cell>, MapRunId)>;

impl MapRuns {
    pub(crate) fn forget(&self, runs: &[MapRun]) {
        if runs.is_empty() {
            return;
        }
        let mut known = self.known();
        for run in runs {
            known.remove(&run.arn);
        }
    }

    fn known(&self) -> MutexGuard<'_, ByArn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// The map run of this ARN, and the ARN of its execution.
    pub fn map_run(&self, arn: &str) -> Result<(MapRun, Arc<str>), EngineError> {
        let (cell, id) = self.inner.find_map_run(arn)?;
        let body = cell.lock();
        let run = body.execution.map_runs().get(id.0 as usize).cloned();
        let run = run.ok_or_else(|| EngineError::ResourceNotFound(arn.to_owned()))?;
        Ok((run, Arc::clone(&cell.identity.execution_arn)))
    }

    /// The map runs of an execution, in the order in which they began.
    pub fn map_runs(&self, execution_arn: &str) -> Result<Vec<MapRun>, EngineError> {
        Ok(self.inner.cell(execution_arn)?.lock().execution.map_runs().to_vec())
    }

    /// Changes the limits of a map run that runs.
    pub fn update_map_run(&self, arn: &str, limits: MapRunLimits) -> Result<(), EngineError> {
        let (cell, map_run) = self.inner.find_map_run(arn)?;
        match self.inner.tell(&cell, Fact::MapRunUpdated { map_run, limits }) {
            Ok(()) => Ok(()),
            Err(Refused::NotAdmitted(_)) => Err(EngineError::Unfit {
                message: format!("The map run has ended and cannot be updated: '{arn}'"),
                reason: "CANNOT_UPDATE_COMPLETED_MAP_RUN",
            }),
            Err(refused) => Err(refused.into_error()),
        }
    }
}

impl Inner {
    fn find_map_run(self: &Arc<Self>, arn: &str) -> Result<(Arc<Cell>, MapRunId), EngineError> {
        let in_memory = || {
            let found = self.map_runs.known().get(arn).cloned();
            found.and_then(|(cell, id)| Some((cell.upgrade()?, id)))
        };
        if let Some(found) = in_memory() {
            return Ok(found);
        }
        if let Some(archive) = self.journal.archive()
            && let Some(number) = archive.find_map_run(arn)?
        {
            // With its execution it is known again.
            let _back = self.cell_of_number(number)?;
        }
        in_memory().ok_or_else(|| EngineError::ResourceNotFound(arn.to_owned()))
    }

    /// Lets the map runs of an execution be found that began since.
    pub(crate) fn register_map_runs(&self, cell: &Arc<Cell>, body: &mut Body) {
        let runs = body.execution.map_runs();
        // The archive has those of an execution that rested or that had ended.
        let archive = self.journal.archive().filter(|_| cell.is_kept());
        let archive = archive.filter(|_| !body.rests && body.noted == Status::Running);
        for (at, run) in runs.iter().enumerate().skip(body.known_map_runs) {
            if let Some(archive) = archive {
                archive.know_map_run(&run.arn, cell.sequence);
            }
            let id = MapRunId(u32::try_from(at).unwrap_or(u32::MAX));
            self.map_runs.known().insert(Arc::clone(&run.arn), (Arc::downgrade(cell), id));
        }
        body.known_map_runs = runs.len();
    }

    /// Starts the child execution that a map run asks for, or lets it go on.
    pub(crate) fn start_child(
        self: &Arc<Self>,
        parent: &Arc<Cell>,
        request: &ChildRequest,
        queue: &mut Queue,
    ) {
        let new = Arc::new(self.child_cell(parent, request));
        // Whoever finds the execution waits here until it has begun.
        let mut body = new.lock();
        body.attempt = request.attempt;
        match self.claim(&new) {
            Ok(Claim::Free) => {}
            Err(_unreadable) => return self.start_child_again(parent, request),
            Ok(Claim::Taken(known)) => {
                let is_express = request.processor.execution_type == ExecutionType::Express;
                let is_done = {
                    let known = known.lock();
                    known.attempt >= request.attempt || !is_express
                };
                if is_done {
                    drop(body);
                    return self.attend_child(parent, &known, request, queue);
                }
                // AWS: an EXPRESS child is started anew, under the same ARN.
                self.executions.replace(&new);
            }
        }
        let (child, attempt) = (request.child, request.attempt);
        let outcome = Outcome::Aborted(atlas_core::Failure::default());
        let not_started = Fact::ChildEnded { child, attempt, outcome };
        let is_wanted = {
            let mut parent = parent.lock();
            // The map run may have ended meanwhile.
            let is_wanted = parent.execution.admit(&not_started).is_ok();
            if is_wanted {
                parent.children.insert(child, Arc::downgrade(&new));
            }
            is_wanted
        };
        let now = new.run.clock.now();
        if !is_wanted
            || self.begin_cell(&new, &mut body, now, request.input.clone(), queue).is_err()
        {
            drop(body);
            self.executions.forget(&new);
            queue.push(Arc::clone(parent), Work::Tell(not_started));
        }
    }

    /// An execution that has been started before is waited for again.
    fn attend_child(
        self: &Arc<Self>,
        parent: &Arc<Cell>,
        known: &Arc<Cell>,
        request: &ChildRequest,
        queue: &mut Queue,
    ) {
        let attended = self.with(&known.identity.execution_arn, |known, body| {
            // It came back before its parent, and does not know it yet.
            let _known_already = known.child_of.set(child_of(parent, request));
            parent.lock().children.insert(request.child, Arc::downgrade(known));
            if body.attempt < request.attempt {
                body.attempt = request.attempt;
                if self.accept(known, body, Fact::Redriven, queue).is_ok() {
                    return;
                }
            }
            if let Some(outcome) = body.execution.outcome() {
                let (child, attempt) = (request.child, request.attempt);
                let fact = Fact::ChildEnded { child, attempt, outcome: outcome.clone() };
                queue.push(Arc::clone(parent), Work::Tell(fact));
            }
        });
        if attended.is_err() {
            self.start_child_again(parent, request);
        }
    }

    /// Starts a child execution once the disk can be read.
    fn start_child_again(self: &Arc<Self>, parent: &Arc<Cell>, request: &ChildRequest) {
        let (parent, request) = (Arc::clone(parent), request.clone());
        self.again(move |engine| {
            let mut queue = Queue::default();
            engine.start_child(&parent, &request, &mut queue);
            engine.drive(&mut queue, &parent.run);
        });
    }

    fn child_cell(&self, parent: &Arc<Cell>, request: &ChildRequest) -> Cell {
        let cell = Cell::new(
            Execution::new(Arc::clone(&request.processor.program), Arc::clone(&request.identity)),
            Arc::clone(&parent.machine),
            self.next_number(),
            Arc::clone(&parent.run),
            None,
            parent.mocking.clone(),
            Some(Part {
                label: Arc::clone(&request.processor.label),
                pointer: Arc::clone(&request.processor.pointer),
                item_count: request.item_count,
            }),
        );
        let _set_once = cell.child_of.set(child_of(parent, request));
        cell
    }
}

fn child_of(parent: &Arc<Cell>, request: &ChildRequest) -> ChildOf {
    ChildOf { parent: Arc::downgrade(parent), child: request.child }
}
