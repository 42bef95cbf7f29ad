//! `atlas profile`: what it finds in runs on this machine, of code that it was not written for too.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::harness::Folder;

/// A tenth of the measured latencies, and new connections that take longer everywhere.
const LATENCY: &str = r#"{"secretsmanager": 30, "salesforce": {"login": 20, "*": {"reused": 20, "new": 80}},
    "dynamodb": {"*": {"reused": 20, "new": 60}}, "bedrock": 70, "connect": 80}"#;

/// Findings of a kind that are known, by place.
fn proven(report: &Value, kind: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap().iter();
    let proven = findings.filter(|it| it["certainty"] == "proven" && it["kind"] == kind);
    let part = |it: &Value, name: &str| it["place"][name].as_str().unwrap_or("-").to_owned();
    let mut places: Vec<String> = proven
        .map(|it| {
            ["state", "function", "service", "operation"].map(|name| part(it, name)).join(" ")
        })
        .collect();
    places.sort();
    places
}

/// A folder in which the example function stands under these names.
fn functions(folder: &Folder, names: &[&str]) -> PathBuf {
    let mut example = std::env::current_exe().unwrap();
    example.pop();
    example.pop();
    let example = example.join("examples").join("plain_function");
    let functions = folder.path("functions");
    std::fs::create_dir_all(&functions).unwrap();
    for name in names {
        std::fs::copy(&example, functions.join(name)).unwrap();
    }
    functions
}

/// A lead's way as somebody in a hurry would write it: each function reads the secret, connects anew for each
/// call, and waits for the one before though it needs nothing of it.
fn wasteful() -> Value {
    let state = |name: &str, calls: &[&str], keep: bool| {
        json!({
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": format!("$.{name}"),
            "Parameters": {"FunctionName": name, "Payload": {
                "key.$": "$.interactionKey", "calls": calls, "keep": keep}},
        })
    };
    let mut enter = state("EnterLead", &["secret", "put", "get"], false);
    enter["Next"] = json!("WriteScenario");
    let mut write = state("WriteScenario", &["secret", "get"], false);
    write["Next"] = json!("Announce");
    let mut announce = state("Announce", &["put"], true);
    announce["Parameters"]["Payload"]["key.$"] = json!("$.EnterLead.Payload.key");
    announce["End"] = json!(true);
    json!({"StartAt": "EnterLead",
           "States": {"EnterLead": enter, "WriteScenario": write, "Announce": announce}})
}

#[test]
fn what_is_wrong_with_a_wasteful_variant_is_found_in_two_hundred_runs() {
    let folder = Folder::new("profile-wasteful");
    folder.write("latency.json", LATENCY);
    folder.write("Wasteful.asl.json", wasteful().to_string());
    let functions = functions(&folder, &["EnterLead", "WriteScenario", "Announce"]);
    let functions = functions.to_str().unwrap();
    let arguments = ["profile", "--runs", "200", "--at-once", "8", "--latency", "latency.json"];
    let definition = ["--definition", "Wasteful.asl.json", "--lambda", functions];
    let rest = ["--keep", "kept", "--format", "json"];
    let report = folder.atlas(&[&arguments[..], &definition, &rest].concat()).exits(0).document();
    let of_states = |report: &Value| {
        let invocations = |name: &str| report[name].as_u64().unwrap();
        invocations("invocations") - invocations("otherInvocations")
    };
    assert_eq!((&report["runs"], of_states(&report)), (&json!(200), 600));
    assert_eq!(
        proven(&report, "repeated-call"),
        [
            "EnterLead EnterLead secretsmanager GetSecretValue",
            // The lead was read by the function before.
            "WriteScenario WriteScenario dynamodb GetItem",
            "WriteScenario WriteScenario secretsmanager GetSecretValue"
        ],
        "{report:#}"
    );
    assert_eq!(proven(&report, "sequential-states"), ["WriteScenario - - -"]);
    let cold = proven(&report, "cold-connection");
    assert!(cold.contains(&"- EnterLead dynamodb GetItem".to_owned()), "{cold:?}");
    assert!(cold.contains(&"- WriteScenario dynamodb GetItem".to_owned()), "{cold:?}");
    assert!(!cold.iter().any(|place| place.contains("Announce")), "{cold:?}");
    // What is kept gives the same report, and does not say what was asked.
    let read = ["profile", "--histories", "kept", "--format", "json"];
    assert_eq!(folder.atlas(&read).exits(0).document(), report);
    let same = ["profile", "--histories", "kept", "--compare", "kept", "--format", "json"];
    let compared = folder.atlas(&same).exits(0).document();
    assert_eq!(compared["isSignificant"], json!(false));
    let page = ["profile", "--histories", "kept", "--format", "html", "--out", "profile.html"];
    folder.atlas(&page).exits(0);
    let page = folder.read("profile.html");
    assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("://"), "{page}");
}

#[test]
fn in_the_pipeline_itself_nothing_of_the_kind_is_found() {
    let folder = Folder::new("profile-pipeline");
    folder.write("latency.json", LATENCY);
    let arguments = ["profile", "--runs", "200", "--at-once", "8", "--latency", "latency.json"];
    let ran = folder.atlas(&[&arguments[..], &["--format", "json"]].concat()).exits(0);
    let report = ran.document();
    assert_eq!((&report["runs"], &report["leftOut"]), (&json!(200), &json!(0)));
    assert_eq!(report["goal"], "the first `connect:StartOutboundVoiceContact`");
    for kind in ["repeated-call", "sequential-states", "cold-connection"] {
        assert_eq!(proven(&report, kind), Vec::<String>::new(), "{report:#}");
    }
}

#[test]
fn what_takes_longest_stands_on_top() {
    let folder = Folder::new("profile-top");
    // So long that a busy machine makes nothing else as slow.
    folder.write("latency.json", r#"{"connect": 2000}"#);
    let arguments = ["profile", "--runs", "2", "--at-once", "2", "--latency", "latency.json"];
    let ran = folder.atlas(&[&arguments[..], &["--format", "json"]].concat()).exits(0);
    let report = ran.document();
    let top = &report["bottlenecks"][0]["place"];
    assert_eq!(top["operation"], "StartOutboundVoiceContact", "{report:#}");
}

#[test]
fn what_is_no_history_is_said_with_its_file() {
    let folder = Folder::new("profile-files");
    let empty = folder.path("empty");
    std::fs::create_dir_all(&empty).unwrap();
    let ran = folder.atlas(&["profile", "--histories", "empty"]).exits(1);
    assert!(ran.err.contains("no file in it is an execution with its history"), "{}", ran.err);
    std::fs::write(empty.join("a.json"), r#"{"executionArn": "arn", "events": [{"id": 1}]}"#)
        .unwrap();
    let ran = folder.atlas(&["profile", "--histories", "empty"]).exits(1);
    assert!(ran.err.contains("a.json: not an event of a history: `timestamp`"), "{}", ran.err);
    std::fs::write(empty.join("a.json"), "{").unwrap();
    let ran = folder.atlas(&["profile", "--histories", "empty"]).exits(1);
    assert!(ran.err.contains("expected JSON"), "{}", ran.err);
    let ran = folder.atlas(&["profile", "--until", "ring", "--histories", "empty"]).exits(2);
    assert!(ran.err.contains("expected `end` or SERVICE:OPERATION"), "{}", ran.err);
}

#[test]
fn histories_of_the_aws_cli_are_two_files_and_need_no_traces() {
    let folder = Folder::new("profile-aws");
    let aws = folder.path("aws");
    std::fs::create_dir_all(&aws).unwrap();
    for number in 0..3 {
        let told = json!({
            "executionArn": format!("arn:aws:states:us-east-1:000000000000:execution:Orders:{number}"),
            "stateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:Orders",
            "status": "SUCCEEDED", "startDate": "2026-11-20T10:00:00+00:00", "stopDate": "2026-11-20T10:00:05+00:00",
        });
        let event = |id: u64, second: u64, kind: &str, details: Value| {
            let mut event = json!({"id": id, "previousEventId": id - 1, "type": kind,
                "timestamp": format!("2026-11-20T10:00:0{second}+00:00")});
            if let Some((field, value)) = details.as_object().and_then(|it| it.iter().next()) {
                event[field] = value.clone();
            }
            event
        };
        let history = json!({"events": [
            event(1, 0, "ExecutionStarted", json!({"executionStartedEventDetails": {"input": "{}"}})),
            event(2, 0, "WaitStateEntered", json!({"stateEnteredEventDetails": {"name": "ForPayment"}})),
            event(3, 5, "WaitStateExited", json!({"stateExitedEventDetails": {"name": "ForPayment"}})),
            event(4, 5, "ExecutionSucceeded", json!({"executionSucceededEventDetails": {"output": "{}"}})),
        ]});
        std::fs::write(aws.join(format!("{number}.json")), told.to_string()).unwrap();
        std::fs::write(aws.join(format!("{number}.history.json")), history.to_string()).unwrap();
    }
    let ran = folder.atlas(&["profile", "--histories", "aws"]).exits(0);
    assert!(ran.out.starts_with("# Profile\n\n3 runs of Orders, up to the end.\n"), "{}", ran.out);
    assert!(ran.out.contains("**wait** (possible): Orders / ForPayment"), "{}", ran.out);
}
