//! Every definition that AWS took in a recorded call parses without an error.

use std::path::Path;

use atlas_asl::{diagnostic::Severity, parse::parse, render::render};
use serde_json::Value;

fn accepted_definitions(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be listed") {
        let path = entry.expect("the folder can be listed").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a recorded case can be read");
        let cases: Vec<Value> = serde_json::from_str(&text).expect("a recorded case is JSON");
        for case in &cases {
            let calls = case["calls"].as_array().expect("a case has calls");
            for call in calls.iter().filter(|call| {
                call["status"] == 200
                    && (call["op"] == "CreateStateMachine" || call["op"] == "UpdateStateMachine")
            }) {
                if let Some(definition) = call["request"]["definition"].as_str() {
                    found.push((case["id"].to_string(), definition.to_owned()));
                }
            }
        }
    }
    found
}

#[test]
fn what_aws_took_is_parsed_without_error_and_survives_rendering() {
    let Some(folder) = beside::shared("conformance") else { return };
    let definitions = accepted_definitions(&folder);
    assert!(definitions.len() > 100, "only {} definitions", definitions.len());
    let mut refused = Vec::new();
    for (id, definition) in &definitions {
        let parsed = parse(definition);
        for diagnostic in parsed.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
            refused.push(format!("{id}: {diagnostic}"));
        }
        let machine = parsed.machine.expect("an object gives a machine");
        assert_eq!(parse(&render(&machine)).machine, Some(machine), "{id}");
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
