//! Whether the states that a machine's test cases mock exist.

use atlas_asl::{
    model::{StateMachine, StateType},
    suggest::suggest,
};

use super::{MockConfig, MockFault, MockFaultKind, parse::escaped};

impl MockConfig {
    /// What the test cases of a machine mock although it cannot be mocked: states that the machine
    /// does not have, and states that are no Tasks. Only this machine's cases are judged.
    pub fn check_against(&self, machine_name: &str, machine: &StateMachine) -> Vec<MockFault> {
        let states = machine.states();
        let tasks: Vec<String> = states
            .iter()
            .filter(|located| located.state.kind.state_type() == StateType::Task)
            .map(|located| located.name.as_str().to_owned())
            .collect();
        let mut faults = Vec::new();
        for case in self.cases_of(machine_name) {
            let mut mocked: Vec<&str> = case.states.keys().map(|name| &**name).collect();
            mocked.sort_unstable_by_key(|name| case.states[*name].index);
            for state in mocked {
                let types: Vec<StateType> = states
                    .iter()
                    .filter(|located| located.name.as_str() == state)
                    .map(|located| located.state.kind.state_type())
                    .collect();
                let state_name = state.to_owned();
                let kind = match types.first() {
                    _ if types.contains(&StateType::Task) => continue,
                    Some(other) => {
                        MockFaultKind::NotATask { state: state_name, state_type: other.as_str() }
                    }
                    None => MockFaultKind::UnknownState {
                        machine: machine_name.to_owned(),
                        state: state_name,
                        suggestion: suggested(state, &tasks),
                        known: tasks.clone(),
                    },
                };
                let pointer = format!(
                    "/StateMachines/{}/TestCases/{}/{}",
                    escaped(machine_name),
                    escaped(&case.name),
                    escaped(state)
                );
                faults.push(MockFault::new(pointer, kind));
            }
        }
        faults
    }
}

/// The name that a wrong one was probably meant to be.
pub(super) fn suggested(wrong: &str, known: &[String]) -> Option<String> {
    suggest(wrong, known.iter().map(String::as_str)).map(str::to_owned)
}
