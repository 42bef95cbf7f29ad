//! `atlas validate FILE…`: everything that is wrong with definitions, at its place.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use atlas_asl::{
    diagnostic::{Diagnostic, Severity},
    validate,
};
use definitions::contract::Handlers;
use serde_json::{Value, json};

use crate::{
    arguments::Validate,
    definition,
    failure::{Failure, Outcome, say},
    source,
};

pub(crate) fn run(arguments: &Validate) -> Outcome {
    let mut out = io::stdout().lock();
    let mut documents = Vec::new();
    let (mut files, mut errors, mut warnings) = (0, 0, 0);
    let mut unread = None;
    for path in &arguments.definitions {
        let shown = source::shown(path);
        let text = match source::text(path, definition::WHAT) {
            Ok(text) => text,
            // The other files are judged all the same.
            Err(failure) => {
                unread = unread.max(Some(failure.say()));
                continue;
            }
        };
        let (_, diagnostics) = validate::check(&text, arguments.execution_type.into(), &Handlers);
        files += 1;
        errors += count(&diagnostics, Severity::Error);
        warnings += count(&diagnostics, Severity::Warning);
        if arguments.json {
            documents.push(document(&shown, &diagnostics));
            continue;
        }
        for diagnostic in &diagnostics {
            let separator = if diagnostic.position.is_some() { ":" } else { ": " };
            writeln!(out, "{shown}{separator}{}", crate::label::clean(&diagnostic.to_string()))?;
        }
    }
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &documents).map_err(io::Error::from)?;
        writeln!(out)?;
    } else if files > 0 {
        say(&format!(
            "{}, {} in {}",
            counted(errors, "error"),
            counted(warnings, "warning"),
            counted(files, "file")
        ));
    }
    let found = (errors > 0).then(|| Failure::silent().say());
    Ok(found.max(unread).map_or(ExitCode::SUCCESS, ExitCode::from))
}

fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `result` and `diagnostics` are those of `ValidateStateMachineDefinition`; pointer, line, column
/// and hint are ours.
fn document(file: &str, diagnostics: &[Diagnostic]) -> Value {
    let listed: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            json!({
                "severity": diagnostic.severity.as_str(),
                "code": diagnostic.code.as_str(),
                "message": diagnostic.message,
                "location": diagnostic.pointer,
                "line": diagnostic.position.map(|position| position.line),
                "column": diagnostic.position.map(|position| position.column),
                "hint": diagnostic.hint,
            })
        })
        .collect();
    let failed = count(diagnostics, Severity::Error) > 0;
    json!({ "file": file, "result": if failed { "FAIL" } else { "OK" }, "diagnostics": listed })
}
