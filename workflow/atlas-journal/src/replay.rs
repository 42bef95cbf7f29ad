//! An execution again from its facts, without anybody who would perform its tasks.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use atlas_core::{Event, Execution, Identity, NotAdmitted, Program, step};
use atlas_engine::{EngineError, KeptMachine};

/// So many programs are known without being compiled again.
const MOST_PROGRAMS: usize = 256;

/// The programs of executions that were replayed.
#[derive(Debug, Default)]
pub(crate) struct Programs(Mutex<HashMap<Which, Arc<Program>>>);

/// A definition, and the ARN that says which part of it.
type Which = (Box<str>, Arc<str>);

/// Why facts are not those of an execution.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    #[error("its machine: {0}")]
    Machine(#[from] EngineError),
    #[error("it has no facts")]
    NoFacts,
    #[error("fact {place}: {source}")]
    Fact { place: usize, source: NotAdmitted },
}

/// The execution as its facts leave it. What is no fact of it is never taken in.
pub(crate) fn replay(
    programs: &Programs,
    machine: &KeptMachine,
    identity: &Arc<Identity>,
    events: &[Event],
) -> Result<Execution, ReplayError> {
    let program = programs.of(machine, identity)?;
    let mut execution = Execution::new(program, Arc::clone(identity));
    for (place, event) in events.iter().enumerate() {
        execution.admit(&event.fact).map_err(|source| ReplayError::Fact { place, source })?;
        // What it orders was done before.
        step(&mut execution, event.clone());
    }
    if execution.started_at().is_none() {
        return Err(ReplayError::NoFacts);
    }
    Ok(execution)
}

impl Programs {
    fn of(&self, machine: &KeptMachine, identity: &Identity) -> Result<Arc<Program>, EngineError> {
        let key = (machine.definition().into(), Arc::clone(&identity.state_machine_arn));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = known.get(&key) {
            return Ok(Arc::clone(program));
        }
        if known.len() >= MOST_PROGRAMS {
            known.clear();
        }
        let program = machine.program_of(identity)?;
        known.insert(key, Arc::clone(&program));
        Ok(program)
    }
}
