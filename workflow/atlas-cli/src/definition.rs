//! The definition that a command names: read, checked, and named after its file.

use std::{ffi::OsStr, path::Path};

use atlas_asl::{
    diagnostic::{Diagnostic, Severity},
    model::{ExecutionType, StateMachine},
    parse::parse,
    validate,
};
use definitions::contract::Handlers;

use crate::{failure::Failure, label::clean, personal::hidden, source};

/// What a file should have held.
pub(crate) const WHAT: &str = "an Amazon States Language definition";

/// A definition to look at: whatever its text still says, where not all of it is right.
pub(crate) fn readable(path: &Path) -> Result<StateMachine, Failure> {
    let parsed = parse(&source::text(path, WHAT)?);
    match parsed.machine {
        Some(machine) if !machine.flow.states.is_empty() => Ok(machine),
        Some(_) | None => Err(refused(path, &parsed.diagnostics)),
    }
}

/// A definition to run: one that `CreateStateMachine` would take, with its `${NAME}`s filled in.
pub(crate) fn checked(
    path: &Path,
    substitutions: &[String],
    execution_type: ExecutionType,
) -> Result<StateMachine, Failure> {
    let text = substituted(source::text(path, WHAT)?, substitutions)?;
    let (machine, mut diagnostics) = validate::check(&text, execution_type, &Handlers);
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    match machine {
        Some(machine) if diagnostics.is_empty() => Ok(machine),
        _ => Err(refused(path, &diagnostics)),
    }
}

/// The name of a definition's file, without `.asl.json` or `.json`.
pub(crate) fn machine_name(path: &Path) -> String {
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    let name = name.strip_suffix(".json").unwrap_or(&name);
    let name = name.strip_suffix(".asl").unwrap_or(name);
    if atlas_engine::check_name(name).is_ok() { name.to_owned() } else { "machine".to_owned() }
}

/// The first fault, and how many more there are: `validate` shows them all.
fn refused(path: &Path, faults: &[Diagnostic]) -> Failure {
    let shown = source::shown(path);
    let Some(first) = faults.first() else {
        return Failure::theirs(format_args!("{shown}: holds no definition; expected {WHAT}"));
    };
    let separator = if first.position.is_some() { ":" } else { ": " };
    let first = hidden(&clean(&first.to_string()));
    let more = match faults.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more: `atlas validate {shown}`)"),
    };
    Failure::theirs(format_args!("{shown}{separator}{first}{more}"))
}

fn substituted(mut text: String, substitutions: &[String]) -> Result<String, Failure> {
    for substitution in substitutions {
        let Some((name, value)) = substitution.split_once('=') else {
            return Err(Failure::ours(format_args!(
                "--substitute `{}` has no `=`; expected NAME=VALUE",
                clean(substitution)
            )));
        };
        let value = serde_json::Value::from(value).to_string();
        // Inside a JSON string: the value's own quotes are not wanted.
        text = text.replace(&format!("${{{name}}}"), &value[1..value.len() - 1]);
    }
    Ok(text)
}
