//! Step mocks: `MockConfigFile.json`, the format of Step Functions Local, unchanged.
//!
//! A test case of a machine says which states are mocked and by which response; a response answers
//! an invocation by its number. What a case does not name is called for real.

mod strict_json;

mod fault;

mod numbers;

mod parse;

mod check;

mod current;

#[cfg(test)]
mod tests;

pub(crate) use current::CurrentMocks;
pub use fault::{MockFault, MockFaultKind, MockFileError};

use std::{collections::HashMap, sync::Arc};

use atlas_asl::model::StateName;
use atlas_core::{Failure, Payload};

/// A whole mock file, checked.
#[derive(Debug, Default)]
pub struct MockConfig {
    machines: Vec<(Box<str>, Vec<Arc<MockCase>>)>,
}

/// One test case of one machine.
#[derive(Debug)]
pub struct MockCase {
    name: Arc<str>,
    states: HashMap<Box<str>, MockedState>,
}

#[derive(Debug)]
struct MockedState {
    /// Its place among the counters of an execution.
    index: usize,
    response: Arc<MockedResponse>,
}

/// A named response: an answer for each invocation, numbered from 0 without a gap.
#[derive(Debug)]
struct MockedResponse {
    name: Box<str>,
    /// Each answer with the last number that it answers, in ascending order.
    answers: Vec<(u32, MockAnswer)>,
}

/// What a mocked task answers.
#[derive(Debug, Clone)]
pub enum MockAnswer {
    /// `Return`: the raw result.
    Return(Payload),
    /// `Throw`: an error.
    Throw(Failure),
}

/// No test case of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownCase {
    /// The file says nothing about the machine.
    #[error(
        "the mock file has no test cases for state machine `{machine}`; it has some for {}",
        listed(.known)
    )]
    Machine {
        /// The machine that was asked for.
        machine: String,
        /// The machines that the file knows.
        known: Vec<String>,
    },
    /// The machine has no such case.
    #[error(
        "state machine `{machine}` has no test case `{case}`; {}it has {}",
        check::suggested(case, known).map_or(String::new(), |name| format!("did you mean `{name}`? ")),
        listed(.known)
    )]
    Case {
        /// The machine.
        machine: String,
        /// The case that was asked for.
        case: String,
        /// The cases that the machine has.
        known: Vec<String>,
    },
}

/// How often each mocked state of an execution was invoked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Invocations(Vec<u32>);

impl MockConfig {
    /// Reads a mock file. All its faults are reported at once.
    pub fn parse(bytes: &[u8]) -> Result<Self, MockFileError> {
        parse::parse(bytes)
    }

    /// The names of a machine's test cases, as the file orders them.
    pub fn cases(&self, machine: &str) -> impl Iterator<Item = &str> {
        self.cases_of(machine).iter().map(|case| &*case.name)
    }

    /// The names of the machines that have test cases.
    pub fn machines(&self) -> impl Iterator<Item = &str> {
        self.machines.iter().map(|(name, _)| &**name)
    }

    /// The test case of this name.
    pub fn case(&self, machine: &str, case: &str) -> Result<Arc<MockCase>, UnknownCase> {
        if let Some(found) = self.find(machine, case) {
            return Ok(found);
        }
        Err(if self.machines().any(|known| known == machine) {
            UnknownCase::Case {
                machine: machine.to_owned(),
                case: case.to_owned(),
                known: self.cases(machine).map(str::to_owned).collect(),
            }
        } else {
            UnknownCase::Machine {
                machine: machine.to_owned(),
                known: self.machines().map(str::to_owned).collect(),
            }
        })
    }

    pub(crate) fn find(&self, machine: &str, case: &str) -> Option<Arc<MockCase>> {
        self.cases_of(machine).iter().find(|known| &*known.name == case).cloned()
    }

    fn cases_of(&self, machine: &str) -> &[Arc<MockCase>] {
        self.machines.iter().find(|(name, _)| &**name == machine).map_or(&[], |(_, cases)| cases)
    }
}

impl MockCase {
    /// The case's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The number of the next invocation of a state; 0 where it is not mocked.
    pub(crate) fn next_number(&self, state: &str, invocations: &mut Invocations) -> u32 {
        self.states.get(state).map_or(0, |mocked| invocations.next(mocked.index))
    }

    /// The answer to an invocation of a state; `None` where the state is not mocked, the error text
    /// where its response has no such number.
    pub fn answer(&self, state: &str, number: u32) -> Option<Result<MockAnswer, String>> {
        let MockedResponse { name, answers } = &*self.states.get(state)?.response;
        let place = answers.partition_point(|(last, _)| *last < number);
        Some(answers.get(place).map(|(_, answer)| answer.clone()).ok_or_else(|| {
            let last = answers.last().map_or(0, |(last, _)| *last);
            let case = &self.name;
            format!(
                "The mocked state `{state}` was invoked for number {number} in test case `{case}`, \
                 and `/MockedResponses/{name}` ends at {last}; add an entry `{number}` \
                 (retries and Map iterations count as well)"
            )
        }))
    }

    /// Counts the invocations that were made before.
    pub(crate) fn restore(&self, invoked: &HashMap<StateName, u32>, counts: &mut Invocations) {
        for (state, count) in invoked {
            if let Some(mocked) = self.states.get(state.as_str()) {
                counts.set(mocked.index, *count);
            }
        }
    }
}

impl Invocations {
    fn next(&mut self, index: usize) -> u32 {
        let number = self.0.get(index).copied().unwrap_or_default();
        self.set(index, number.saturating_add(1));
        number
    }

    fn set(&mut self, index: usize, count: u32) {
        if self.0.len() <= index {
            self.0.resize(index + 1, 0);
        }
        self.0[index] = count;
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "none".to_owned();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
