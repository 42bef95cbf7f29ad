//! Map runs: found by their ARN, changed while they run, and their child executions.

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use atlas_asl::model::ExecutionType;
use atlas_core::{ChildRequest, Execution, Fact, MapRun, MapRunId, MapRunLimits, Outcome};

use crate::{
    accept::Refused,
    cell::{Body, Cell, ChildOf},
    engine::{Description, Engine, Inner, describe},
    error::EngineError,
    queue::{Queue, Work},
};

/// Where the map runs are, by ARN.
#[derive(Debug, Default)]
pub(crate) struct MapRuns(Mutex<ByArn>);

/// The execution of a map run, and which of its runs it is.
type ByArn = HashMap<Arc<str>, (Weak<Cell>, MapRunId)>;

impl MapRuns {
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
            Err(Refused::Journal(error)) => Err(error.into()),
        }
    }

    /// The child executions of a map run, the newest first, each with its place among all that the
    /// engine ever began.
    pub fn children_of(&self, map_run_arn: &str) -> Vec<(u64, Description)> {
        let mut cells = self.inner.executions.all();
        cells.retain(|cell| cell.identity.map_run_arn.as_deref() == Some(map_run_arn));
        cells.sort_by_key(|cell| Reverse(cell.sequence));
        cells.iter().filter_map(|cell| Some((cell.sequence, describe(cell)?))).collect()
    }
}

impl Inner {
    fn find_map_run(&self, arn: &str) -> Result<(Arc<Cell>, MapRunId), EngineError> {
        let found = self.map_runs.known().get(arn).cloned();
        let found = found.and_then(|(cell, id)| Some((cell.upgrade()?, id)));
        found.ok_or_else(|| EngineError::ResourceNotFound(arn.to_owned()))
    }

    /// Lets the map runs of an execution be found that began since.
    pub(crate) fn register_map_runs(&self, cell: &Arc<Cell>, body: &mut Body) {
        let runs = body.execution.map_runs();
        for (at, run) in runs.iter().enumerate().skip(body.known_map_runs) {
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
        match self.executions.insert(&new) {
            Ok(()) => {}
            Err(known) => {
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
            self.executions.remove(&new.identity.execution_arn);
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
        // It came back before its parent, and does not know it yet.
        let _known_already = known.child_of.set(child_of(parent, request));
        parent.lock().children.insert(request.child, Arc::downgrade(known));
        let mut body = known.lock();
        if body.attempt < request.attempt {
            body.attempt = request.attempt;
            if self.accept(known, &mut body, Fact::Redriven, queue).is_ok() {
                return;
            }
        }
        if let Some(outcome) = body.execution.outcome() {
            let (child, attempt) = (request.child, request.attempt);
            let fact = Fact::ChildEnded { child, attempt, outcome: outcome.clone() };
            queue.push(Arc::clone(parent), Work::Tell(fact));
        }
    }

    fn child_cell(&self, parent: &Arc<Cell>, request: &ChildRequest) -> Cell {
        let cell = Cell::new(
            Execution::new(Arc::clone(&request.processor.program), Arc::clone(&request.identity)),
            Arc::clone(&parent.machine),
            self.executions.next_sequence(),
            Arc::clone(&parent.run),
            None,
            parent.mocking.clone(),
        );
        let _set_once = cell.child_of.set(child_of(parent, request));
        cell
    }
}

fn child_of(parent: &Arc<Cell>, request: &ChildRequest) -> ChildOf {
    ChildOf {
        parent: Arc::downgrade(parent),
        child: request.child,
        processor: request.processor.clone(),
        item_count: request.item_count,
    }
}
