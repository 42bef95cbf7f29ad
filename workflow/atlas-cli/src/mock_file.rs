//! The mock file that a command names.

use std::path::Path;

use atlas_engine::mocks::MockConfig;

use crate::{failure::Failure, label::clean, personal::hidden, source};

/// A mock file, checked.
pub(crate) fn read(path: &Path) -> Result<MockConfig, Failure> {
    let bytes = source::bytes(path, "a MockConfigFile.json")?;
    MockConfig::parse(&bytes).map_err(|error| {
        Failure::all_theirs(error.faults.iter().map(|fault| placed(&source::shown(path), fault)))
    })
}

/// What is wrong with the file, one line.
pub(crate) fn placed(file: &str, fault: &impl std::fmt::Display) -> String {
    format!("{file}: {}", hidden(&clean(&fault.to_string())))
}

/// The test case of a machine that has just one.
pub(crate) fn only_case(file: &Path, mocks: &MockConfig, machine: &str) -> Result<String, Failure> {
    let file = source::shown(file);
    let cases: Vec<&str> = mocks.cases(machine).collect();
    match cases.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => {
            let known: Vec<&str> = mocks.machines().collect();
            Err(Failure::theirs(format_args!(
                "{file}: no test case for `{machine}`; it knows {}, and --name names the machine",
                listed(&known)
            )))
        }
        several => Err(Failure::theirs(format_args!(
            "{file}: several test cases for `{machine}`; --case names one of {}",
            listed(several)
        ))),
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names
            .iter()
            .map(|name| format!("`{}`", hidden(&clean(name))))
            .collect::<Vec<_>>()
            .join(", "),
    }
}
