//! `atlas validate`: everything that is wrong, at its place.

use serde_json::{Value, json};

use crate::harness::Folder;

/// A definition with a fault in nearly every state. `«CODE»` stands before the place where `CODE`
/// has to be reported, and is taken out before the definition is judged.
const MARKED: &str = r#"{
  "StartAt": "Gather",
  "QueryLanguage": "JSONPath",
  "States": {
    "Gather": {
      "Type": "Parallel",
      "Branches": [
        {
          «MISSING_TRANSITION_TARGET»"StartAt": "Cal",
          "States": {
            «MISSING_TRANSITION_TARGET»"Call": {
              "Type": "Task",
              «INVALID_RESOURCE»"Resource": "arn:aws:nowhere",
              «SCHEMA_VALIDATION_FAILED»"TimeoutSeconds": 0,
              "Retry": [{ «SCHEMA_VALIDATION_FAILED»"ErrorEquals": [], "IntervalSeconds": 1 }],
              "Next": "Each"
            },
            "Each": {
              "Type": "Map",
              «SCHEMA_VALIDATION_FAILED»"MaxConcurrency": -1,
              «SCHEMA_VALIDATION_FAILED»"ItemsPath": "$.leads[",
              "ItemProcessor": {
                "StartAt": "Item",
                "States": {
                  "Item": {
                    "Type": "Wait",
                    "Seconds": 1,
                    «SCHEMA_VALIDATION_FAILED»"Timestamp": "2026-01-01T00:00:00Z",
                    "Next": "Reckon"
                  },
                  "Reckon": {
                    "Type": "Pass",
                    "QueryLanguage": "JSONata",
                    «INVALID_JSONATA_EXPRESSION»"Output": "{% 1 + %}",
                    "Next": "Pick"
                  },
                  "Pick": {
                    "Type": "Choice",
                    "Choices": [{ "Variable": "$.a", «SCHEMA_VALIDATION_FAILED»"NumericEquals": "one", "Next": "Last" }],
                    «MISSING_TRANSITION_TARGET»"Default": "Lost"
                  },
                  "Last": { «SCHEMA_VALIDATION_FAILED»"Type": "Sleep", "End": true },
                  «MISSING_TRANSITION_TARGET»"Island": { "Type": "Succeed" }
                }
              },
              «SCHEMA_VALIDATION_FAILED»"Nxt": "Call",
              "End": true
            }
          }
        },
        «MISSING_END_STATE»{
          "StartAt": "Name",
          "States": {
            "Name": {
              "Type": "Pass",
              "Assign": { «RESERVED_VARIABLE_NAME»"states": 1 },
              "Parameters": { «SCHEMA_VALIDATION_FAILED»"who.$": "who" },
              "Next": "Name"
            }
          }
        }
      ],
      "Catch": [{ «SCHEMA_VALIDATION_FAILED»"ErrorEquals": ["States.ALL", "Other"], "Next": "Gather" }],
      "End": true
    }
  }
}
"#;

/// The definition without its marks, and each mark as (line, column, code).
fn unmarked(marked: &str) -> (String, Vec<(u64, u64, String)>) {
    let (mut text, mut places) = (String::new(), Vec::new());
    for (line, number) in marked.lines().zip(1..) {
        let mut parts = line.split('«');
        let mut clean = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (code, rest) = part.split_once('»').unwrap();
            places.push((number, clean.chars().count() as u64 + 1, code.to_owned()));
            clean.push_str(rest);
        }
        text.push_str(&clean);
        text.push('\n');
    }
    (text, places)
}

fn found(report: &Value) -> Vec<(u64, u64, String)> {
    let diagnostics = report["diagnostics"].as_array().unwrap().iter();
    diagnostics
        .map(|one| {
            let code = one["code"].as_str().unwrap().to_owned();
            (one["line"].as_u64().unwrap(), one["column"].as_u64().unwrap(), code)
        })
        .collect()
}

#[test]
fn eighteen_faults_at_every_depth_are_all_found_at_their_places() {
    let folder = Folder::new("validate-faults");
    let (text, places) = unmarked(MARKED);
    assert_eq!(places.len(), 18);
    folder.write("faults.asl.json", &text);
    let ran = folder.atlas(&["validate", "--json", "faults.asl.json"]).exits(1);
    assert_eq!(ran.err, "");
    let reports = ran.document();
    assert_eq!(
        (&reports[0]["file"], &reports[0]["result"]),
        (&json!("faults.asl.json"), &json!("FAIL"))
    );
    assert_eq!(found(&reports[0]), places);
    let document: Value = serde_json::from_str(&text).unwrap();
    for one in reports[0]["diagnostics"].as_array().unwrap() {
        let pointer = one["location"].as_str().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer} is in the file");
        assert!(one["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{one}");
    }

    let ran = folder.atlas(&["validate", "faults.asl.json"]).exits(1);
    for ((line, column, code), said) in places.iter().zip(ran.out.lines()) {
        let place = format!("faults.asl.json:{line}:{column}: error {code} at /");
        assert!(said.starts_with(&place), "{said}, not {place}");
    }
    assert_eq!(ran.out.lines().count(), 18);
    assert_eq!(ran.err, "atlas: 18 errors, 0 warnings in 1 file\n");
}

#[test]
fn wrong_names_are_met_with_the_right_ones() {
    let folder = Folder::new("validate-names");
    folder.write("faults.json", unmarked(MARKED).0);
    let out = folder.atlas(&["validate", "faults.json"]).exits(1).out;
    for meant in ["did you mean `Call`?", "did you mean `Last`?", "did you mean `Next`?"] {
        assert!(out.contains(meant), "{meant}");
    }
}

#[test]
fn malformed_json_is_placed_by_line_and_column() {
    let folder = Folder::new("validate-malformed");
    for (text, place) in [
        (
            "{\n  \"StartAt\": \"A\",\n  \"States\": {\"A\": {\"Type\": \"Pass\" \"End\": true}}\n}",
            "3:34",
        ),
        ("{\n  \"StartAt\": tru\n}", "2:14"),
        ("{\"é\": 1,, \"b\": 2}", "1:9"),
        ("", "1:1"),
    ] {
        folder.write("m.json", text);
        let ran = folder.atlas(&["validate", "m.json"]).exits(1);
        assert!(ran.out.starts_with(&format!("m.json:{place}: error ")), "{place}: {}", ran.out);
    }
}

#[test]
fn several_files_are_all_judged_though_one_cannot_be_read() {
    let folder = Folder::new("validate-several");
    let fine = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}});
    let wrong = json!({"StartAt": "B", "States": {"A": {"Type": "Pass", "End": true}}});
    folder.write("fine.json", fine.to_string());
    folder.write("wrong.json", wrong.to_string());
    let files = ["validate", "fine.json", "absent.json", "wrong.json"];
    let ran = folder.atlas(&files).exits(2);
    assert!(ran.out.lines().all(|line| line.starts_with("wrong.json:1:")), "{}", ran.out);
    let said: Vec<&str> = ran.err.lines().collect();
    assert!(said[0].starts_with("atlas: absent.json: there is no such file"), "{said:?}");
    assert!(said[1].ends_with("in 2 files"), "{said:?}");
    let ran = folder.atlas(&[&files[..], &["--json"]].concat()).exits(2);
    let results: Vec<Value> =
        ran.document().as_array().unwrap().iter().map(|it| it["result"].clone()).collect();
    assert_eq!(results, ["OK", "FAIL"]);
    folder.atlas(&["validate", "fine.json"]).exits(0);
}

#[test]
fn the_kind_of_machine_decides_what_it_may_do() {
    let folder = Folder::new("validate-type");
    let machine = json!({"StartAt": "Ask", "States": {"Ask": {
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": true,
        "TimeoutSeconds": 60,
        "Parameters": {"QueueUrl": "q", "MessageBody": {"token.$": "$$.Task.Token"}}}}});
    folder.write("ask.json", machine.to_string());
    folder.atlas(&["validate", "ask.json"]).exits(0);
    folder.atlas(&["validate", "ask.json", "--type", "EXPRESS"]).exits(1);
}
