//! `ValidateStateMachineDefinition`.

use atlas_asl::diagnostic::{Diagnostic, Severity};
use serde_json::{Map, Value, json};

use super::{
    Answer,
    create_state_machine::{execution_type, found},
};
use crate::request::{DEFINITION, Fields};

/// As many diagnostics as AWS gives at once.
const MOST: u64 = 100;

pub(super) fn handle(mut fields: Fields<'_>) -> Answer {
    let text = fields.required_text("definition", DEFINITION);
    let execution_type = execution_type(&mut fields);
    let with_warnings = fields.word("severity", &["ERROR", "WARNING"]) == Some("WARNING");
    let most = fields.number("maxResults", MOST).filter(|most| *most > 0).unwrap_or(100);
    fields.finish()?;
    let (_, mut found) = found(text, execution_type);
    let is_error = |found: &Diagnostic| found.severity == Severity::Error;
    let result = if found.iter().any(is_error) { "FAIL" } else { "OK" };
    found.retain(|found| is_error(found) || with_warnings);
    let is_truncated = found.len() > most;
    found.truncate(most);
    let diagnostics: Value = found.iter().map(told).collect();
    Ok(json!({ "result": result, "diagnostics": diagnostics, "truncated": is_truncated }))
}

fn told(diagnostic: &Diagnostic) -> Value {
    let mut told = Map::new();
    told.insert("severity".into(), diagnostic.severity.as_str().into());
    told.insert("code".into(), diagnostic.code.as_str().into());
    told.insert("message".into(), diagnostic.message.as_str().into());
    if !diagnostic.pointer.is_empty() {
        told.insert("location".into(), diagnostic.pointer.as_str().into());
    }
    Value::Object(told)
}
