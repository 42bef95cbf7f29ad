//! How many executions there are by machine and status, kept up as they change: of those in memory that
//! no archive counts.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    archive::{Counts, Status},
    cell::Cell,
    engine::{Engine, Inner},
    error::EngineError,
};

/// The executions that are counted in memory.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Counts>);

/// How an execution is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Counted {
    /// It is not: nobody can ask for it, or not any more.
    #[default]
    Not,
    /// It is, as soon as it has begun.
    WhenBegun,
    /// It is one of this status.
    As(Status),
}

impl Engine {
    /// How many executions there are by machine and status, but for the children of map runs: as many as
    /// a listing of all of them tells.
    ///
    /// # Errors
    /// Where what is kept cannot be read.
    pub fn counts(&self) -> Result<Counts, EngineError> {
        let inner = &self.inner;
        let in_memory = inner.tally.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(archive) = inner.journal.archive() else { return Ok(in_memory) };
        let mut counts = archive.counts()?;
        for (machine_arn, more) in &in_memory.machines {
            counts.add(machine_arn, *more);
        }
        Ok(counts)
    }
}

impl Tally {
    fn change(&self, cell: &Cell, counted: &mut Counted, then: Counted) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let machine_arn = Arc::clone(&cell.identity.state_machine_arn);
        let of_machine = counts.machines.entry(machine_arn).or_default();
        if let Counted::As(status) = *counted {
            of_machine.remove_one(status);
        }
        if let Counted::As(status) = then {
            of_machine.add(status, 1);
        }
        *counted = then;
    }
}

impl Inner {
    /// An execution can be asked for from now on.
    pub(crate) fn list_in_memory(&self, cell: &Cell) {
        if !self.is_archived(cell) && cell.identity.map_run_arn.is_none() {
            *cell.counted() = Counted::WhenBegun;
        }
    }

    /// An execution that may be counted has this status.
    pub(crate) fn count_as(&self, cell: &Cell, status: Status) {
        let mut counted = cell.counted();
        if *counted != Counted::Not && *counted != Counted::As(status) {
            self.tally.change(cell, &mut counted, Counted::As(status));
        }
    }

    /// Takes an execution out of memory, where it is the one that is known by its ARN.
    pub(crate) fn forget_in_memory(&self, cell: &Arc<Cell>) {
        self.executions.forget(cell);
        let mut counted = cell.counted();
        if *counted != Counted::Not {
            self.tally.change(cell, &mut counted, Counted::Not);
        }
    }
}
