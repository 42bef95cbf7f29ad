//! The state under test, in a machine of its own or in the one that it was sent with.

use std::collections::BTreeSet;

use atlas_asl::{
    model::{ExecutionType, State, StateKind, StateMachine},
    resource::{Pattern, Resource},
};
use serde_json::{Map, Value, json};

use crate::{actions::checked, api_error::ApiError};

/// The name that a state goes by which was sent alone (recorded: test_map_state_failure_count).
const ALONE: &str = "StateName";

/// The state under test.
#[derive(Debug)]
pub(crate) struct Tested {
    pub(crate) machine: StateMachine,
    pub(crate) name: String,
}

/// Reads a definition: a whole machine where a state of it is named, a state by itself otherwise.
pub(crate) fn tested(definition: &str, name: Option<&str>) -> Result<Tested, ApiError> {
    let tested = match name {
        Some(name) => {
            Tested { machine: checked(definition, ExecutionType::Standard)?, name: name.to_owned() }
        }
        None => Tested {
            machine: checked(&around(definition), ExecutionType::Standard)?,
            name: ALONE.to_owned(),
        },
    };
    if tested.found().is_none() {
        return Err(ApiError::validation("State not found in definition"));
    }
    Ok(tested)
}

impl Tested {
    pub(crate) fn state(&self) -> &State {
        self.found().expect("`tested` has looked for it")
    }

    fn found(&self) -> Option<&State> {
        let states = self.machine.states();
        states.iter().find(|found| found.name.as_str() == self.name).map(|found| found.state)
    }

    /// What a Task calls.
    pub(crate) fn resource(&self) -> Option<Resource> {
        match &self.state().kind {
            StateKind::Task(task) => Resource::parse(&task.resource).ok(),
            StateKind::Pass(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_)
            | StateKind::Parallel(_)
            | StateKind::Map(_) => None,
        }
    }

    /// Whether somebody else ends the task, so that only a mock can.
    pub(crate) fn is_ended_by_others(&self) -> bool {
        self.resource().is_some_and(|resource| {
            matches!(resource, Resource::Activity { .. })
                || resource.pattern() != Pattern::RequestResponse
        })
    }

    /// Whether a state of this name is inside the tested one.
    pub(crate) fn holds(&self, name: &str) -> bool {
        let flows: Vec<_> = match &self.state().kind {
            StateKind::Parallel(parallel) => parallel.branches.clone(),
            StateKind::Map(map) => vec![map.processor.clone()],
            _ => Vec::new(),
        };
        flows.into_iter().any(|flow| {
            let inside = StateMachine { flow, ..StateMachine::default() };
            inside.states().iter().any(|found| found.name.as_str() == name)
        })
    }
}

/// A machine around a state. The states that it leads to do nothing: the test ends where it leaves.
fn around(state: &str) -> String {
    let mut targets = BTreeSet::new();
    if let Ok(Value::Object(fields)) = serde_json::from_str(state) {
        collect(&fields, &mut targets);
    }
    targets.remove(ALONE);
    let mut machine = format!("{{\"StartAt\":\"{ALONE}\",\"States\":{{\"{ALONE}\":{state}");
    for target in targets {
        machine.push_str(&format!(",{}:{}", json!(target), json!({ "Type": "Succeed" })));
    }
    machine.push_str("}}");
    machine
}

fn collect(fields: &Map<String, Value>, targets: &mut BTreeSet<String>) {
    for field in ["Next", "Default"] {
        if let Some(Value::String(target)) = fields.get(field) {
            targets.insert(target.clone());
        }
    }
    for field in ["Choices", "Catch"] {
        for entry in fields.get(field).and_then(Value::as_array).into_iter().flatten() {
            if let Value::Object(entry) = entry {
                collect(entry, targets);
            }
        }
    }
}
