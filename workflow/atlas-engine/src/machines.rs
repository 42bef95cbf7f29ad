//! The state machines that the engine knows.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use atlas_asl::model::{ExecutionType, StateMachine};
use atlas_core::{Program, Timestamp};

use crate::{error::EngineError, mocks::MockFault};

/// A machine as the engine keeps it.
#[derive(Debug)]
pub struct Machine {
    /// Its ARN.
    pub arn: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// STANDARD or EXPRESS.
    pub execution_type: ExecutionType,
    /// The role that it runs as.
    pub role_arn: Arc<str>,
    /// Its definition.
    pub definition: Arc<StateMachine>,
    /// When it was created.
    pub created_at: Timestamp,
    pub(crate) program: Arc<Program>,
    /// What its test cases mock although it cannot be mocked.
    pub(crate) mock_faults: Vec<MockFault>,
}

#[derive(Debug, Default)]
pub(crate) struct Machines(RwLock<HashMap<Arc<str>, Arc<Machine>>>);

impl Machines {
    /// Adds a machine. One with the same definition and type that is there already stays.
    pub(crate) fn insert(&self, machine: Arc<Machine>) -> Result<Arc<Machine>, EngineError> {
        let mut machines = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = machines.get(&machine.arn) {
            let is_same = known.definition == machine.definition
                && known.execution_type == machine.execution_type;
            return if is_same {
                Ok(Arc::clone(known))
            } else {
                Err(EngineError::StateMachineAlreadyExists(machine.arn.to_string()))
            };
        }
        machines.insert(Arc::clone(&machine.arn), Arc::clone(&machine));
        Ok(machine)
    }

    pub(crate) fn find(&self, arn: &str) -> Option<Arc<Machine>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(arn).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Machine>> {
        let mut machines: Vec<Arc<Machine>> =
            self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        machines.sort_by(|one, other| one.name.cmp(&other.name));
        machines
    }
}
