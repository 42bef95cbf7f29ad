//! The mock file that a command names.

use std::path::Path;

use atlas_engine::mocks::MockConfig;

use crate::{failure::Failure, source};

/// A mock file, checked.
pub(crate) fn read(path: &Path) -> Result<MockConfig, Failure> {
    let bytes = source::bytes(path, "a MockConfigFile.json")?;
    MockConfig::parse(&bytes).map_err(|error| {
        let faults: Vec<String> = error
            .to_string()
            .lines()
            .map(|fault| format!("{}: {}", source::shown(path), crate::label::clean(fault)))
            .collect();
        Failure::theirs(faults.join("\natlas: "))
    })
}

/// The test case of a machine that has just one.
pub(crate) fn only_case(mocks: &MockConfig, machine: &str) -> Result<String, Failure> {
    let cases: Vec<&str> = mocks.cases(machine).collect();
    match cases.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => {
            let known: Vec<&str> = mocks.machines().collect();
            Err(Failure::theirs(format_args!(
                "the mock file has no test case for `{machine}`; it knows {}, and --name names the \
                 machine",
                listed(&known)
            )))
        }
        several => Err(Failure::theirs(format_args!(
            "the mock file has several test cases for `{machine}`; --case names one of {}",
            listed(several)
        ))),
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names
            .iter()
            .map(|name| format!("`{}`", crate::label::clean(name)))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
