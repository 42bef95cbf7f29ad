//! The validator against AWS: definitions that `CreateStateMachine` took or refused.
//!
//! `recorded/definitions.json` holds data recorded from AWS and published in LocalStack's test
//! snapshots (Apache-2.0, Copyright 2017+ LocalStack contributors, Copyright 2016 Atlassian Pty Ltd);
//! each line names its case. Activity ARNs, which differ from run to run, are made up.

use atlas_asl::diagnostic::{Diagnostic, Severity};
use atlas_asl::model::ExecutionType;
use atlas_asl::validate::{NoContract, check};
use serde_json::Value;

fn errors(case: &Value) -> Vec<Diagnostic> {
    let kind = match case["type"].as_str() {
        Some("EXPRESS") => ExecutionType::Express,
        _ => ExecutionType::Standard,
    };
    let text = case["definition"].to_string();
    let (_, mut diagnostics) = check(&text, kind, &NoContract);
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    diagnostics
}

fn cases(accepted: bool) -> Vec<Value> {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("recorded/definitions.json")).expect("it is JSON");
    cases.into_iter().filter(|case| case["accepted"] == accepted).collect()
}

#[test]
fn what_aws_took_has_no_error() {
    let mut wrong = Vec::new();
    for case in cases(true) {
        for error in errors(&case) {
            wrong.push(format!("{}: {error}", case["source"]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_aws_refused_has_an_error() {
    let cases = cases(false);
    assert!(cases.len() > 50, "{}", cases.len());
    for case in cases {
        assert!(!errors(&case).is_empty(), "{}", case["source"]);
    }
}
