//! Cases of a mock file, for both definitions.

use std::{path::Path, sync::Arc};

use atlas_asl::resource::Resource;
use atlas_core::Payload;
use atlas_engine::mocks::{MockAnswer, MockCase, MockConfig};
use atlas_import::trial::{Answer, Answers, GivenCase, Turn};

use crate::{failure::Failure, mock_file::placed, source};

/// The cases of a machine, or the one of this name.
pub(super) fn of(
    file: &Path,
    mocks: &MockConfig,
    machine: &str,
    case: Option<&str>,
    input: &Payload,
) -> Result<Vec<GivenCase>, Failure> {
    let names: Vec<&str> = match case {
        Some(case) => vec![case],
        None => mocks.cases(machine).collect(),
    };
    // A machine of which the file says nothing is refused by its words.
    let names = if names.is_empty() { vec![""] } else { names };
    let cases = names.into_iter().map(|name| {
        let case = mocks
            .case(machine, name)
            .map_err(|error| Failure::theirs(placed(&source::shown(file), &error)))?;
        let answers = Box::new(Mocked(case));
        Ok(GivenCase { name: format!("the case `{name}`"), input: input.value().clone(), answers })
    });
    cases.collect()
}

struct Mocked(Arc<MockCase>);

impl Answers for Mocked {
    fn answer(&self, state: &str, _resource: &Resource, turn: Turn<'_>) -> Answer {
        let not_mocked = |cause| Answer::Throw { error: "States.Runtime".to_owned(), cause };
        // Step Functions Local counts a state's calls whatever item they are for.
        match self.0.answer(state, turn.overall) {
            Some(Ok(MockAnswer::Return(output))) => Answer::Return(output.value().clone()),
            Some(Ok(MockAnswer::Throw(failure))) => Answer::Throw {
                error: failure.error.unwrap_or_default(),
                cause: failure.cause.unwrap_or_default(),
            },
            Some(Err(cause)) => not_mocked(cause),
            None => not_mocked(format!("the case does not mock `{state}`")),
        }
    }
}
