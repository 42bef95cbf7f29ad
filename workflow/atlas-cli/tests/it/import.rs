//! `atlas import`: other teams' machines, and what comes of them.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::harness::Folder;

/// A folder with the machines of `atlas-import`'s own tests.
fn folder(test: &str) -> Folder {
    let folder = Folder::new(test);
    let machines = Path::new(env!("CARGO_MANIFEST_DIR")).join("../atlas-import/tests/machines");
    fs::create_dir_all(folder.path("statemachine")).unwrap();
    for file in [
        "lead-to-call.asl.json",
        "sam-app.yaml",
        "statemachine/order.asl.json",
        "cdk.template.json",
        "cloudformation.yaml",
        "variables.asl.yaml",
    ] {
        fs::copy(machines.join(file), folder.path(file)).unwrap();
    }
    folder
}

/// The findings of a machine, by code.
fn codes(machine: &Value) -> Vec<&str> {
    machine["findings"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap()).collect()
}

#[test]
fn what_is_rewritten_can_be_run_and_has_nothing_left_to_say() {
    let folder = folder("import-rewritten");
    let ran = folder.atlas(&[
        "import",
        "lead-to-call.asl.json",
        "--with-unconfirmed",
        "--out",
        "new.asl.json",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("+    \"CreateLead beside GenerateScenario\": {"), "{}", ran.out);
    assert!(ran.err.contains("wrote new.asl.json"), "{}", ran.err);
    assert_eq!(folder.atlas(&["validate", "new.asl.json"]).code, 0);
    let again = folder.atlas(&["import", "new.asl.json", "--with-unconfirmed", "--json"]);
    let document: Value = serde_json::from_str(&again.out).unwrap();
    assert_eq!(document[0]["rewritten"], Value::Null, "{document:#}");
    let left = codes(&document[0]);
    assert!(!left.contains(&"SEQUENTIAL_STATES") && !left.contains(&"UNREAD_RESULT"), "{left:?}");
}

#[test]
fn only_what_is_safe_is_rewritten_unless_the_rest_is_asked_for() {
    let folder = folder("import-safe");
    let ran = folder.atlas(&["import", "lead-to-call.asl.json", "--json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let states = document[0]["rewritten"]["States"].as_object().unwrap();
    assert_eq!(states["SaveLead"]["ResultPath"], Value::Null);
    assert!(states.contains_key("CreateLead"), "{states:?}");
    assert!(states["UpdateLead"].get("Retry").is_none(), "{states:?}");
    let ran = folder.atlas(&["import", "lead-to-call.asl.json", "--out", "new.asl.json"]);
    assert!(!folder.read("new.asl.json").contains("CreateLead beside"), "{}", ran.err);
    let said = ran.out;
    assert!(said.contains("not rewritten; --with-unconfirmed does it, if this may be:"), "{said}");
    assert!(!said.contains("    rewritten, if this may be:"), "{said}");
}

#[test]
fn what_would_come_of_the_rest_is_shown_with_the_time_that_it_saves() {
    let folder = folder("import-proposal");
    let said = folder.atlas(&["import", "lead-to-call.asl.json"]).exits(0).out;
    let (safe, proposal) = said.split_once("\nwith what somebody has to confirm").unwrap();
    let new = "+    \"CreateLead beside GenerateScenario\": {";
    assert!(safe.contains("+      \"ResultPath\": null") && !safe.contains(new), "{safe}");
    assert!(proposal.contains(new) && proposal.contains(" % less)"), "{proposal}");
    let document = folder.atlas(&["import", "lead-to-call.asl.json", "--json"]).document();
    let alone = folder.atlas(&["import", "lead-to-call.asl.json", "--with-unconfirmed", "--json"]);
    let alone = alone.document();
    for part in ["rewritten", "trial"] {
        assert_eq!(document[0]["withUnconfirmed"][part], alone[0][part], "{part}");
    }
    assert_eq!(alone[0]["withUnconfirmed"], Value::Null);

    // Where nothing is safe, it is said what would write the rest.
    let task = |next: &str| {
        let place = format!("arn:aws:lambda:us-east-1:123456789012:function:{next}");
        json!({ "Type": "Task", "Resource": place, "TimeoutSeconds": 9, "ResultPath": format!("$.{next}") })
    };
    let (mut first, mut second) = (task("a"), task("b"));
    first["Next"] = json!("Second");
    second["End"] = json!(true);
    let machine = json!({ "StartAt": "First", "States": { "First": first, "Second": second } });
    folder.write("two.json", machine.to_string());
    let ran = folder.atlas(&["import", "two.json", "--out", "new.json"]).exits(0);
    assert!(
        ran.err.contains("is not written, for nothing is safe to rewrite: --with-unconfirmed"),
        "{}",
        ran.err
    );
    assert!(!folder.path("new.json").exists());
}

#[test]
fn time_is_told_by_latencies_that_are_given_or_measured() {
    let folder = folder("import-latency");
    let millis = |arguments: &[&str]| {
        let ran = folder.atlas(
            &[&["import", "lead-to-call.asl.json", "--with-unconfirmed", "--json"], arguments]
                .concat(),
        );
        let document: Value = serde_json::from_str(&ran.out).unwrap();
        let timed = &document[0]["trial"]["timed"];
        (timed["originalMillis"].as_i64().unwrap(), timed["rewrittenMillis"].as_i64().unwrap())
    };
    let given = [
        "--latency",
        "CreateLead=1600",
        "--latency",
        "SaveLead=150",
        "--latency",
        "GenerateScenario=3000",
        "--latency",
        "InvokeOutboundCall=800",
        "--latency",
        "UpdateLead=1000",
    ];
    assert_eq!(millis(&given), (6_550, 4_800));
    let event = |id: u32, at: u32, kind: &str, details: Value| {
        let mut event = json!({"id": id, "previousEventId": id - 1, "type": kind,
            "timestamp": format!("2026-11-20T00:00:{at:02}.000Z")});
        event.as_object_mut().unwrap().extend(details.as_object().unwrap().clone());
        event
    };
    let history = json!({"events": [
        event(1, 0, "ExecutionStarted", json!({"executionStartedEventDetails": {"input": "{}"}})),
        event(2, 0, "TaskStateEntered", json!({"stateEnteredEventDetails": {"name": "GenerateScenario"}})),
        event(3, 0, "TaskScheduled", json!({"taskScheduledEventDetails": {"resourceType": "lambda",
            "resource": "invoke", "region": "us-east-1", "parameters": "{}"}})),
        event(4, 0, "TaskStarted", json!({})),
        event(5, 7, "TaskSucceeded", json!({})),
        event(6, 7, "TaskStateExited", json!({"stateExitedEventDetails": {"name": "GenerateScenario"}})),
    ]});
    folder.write("history.json", history.to_string());
    let (original, rewritten) = millis(&["--history", "history.json"]);
    assert_eq!((original, rewritten), (67_410, 67_200));
}

#[test]
fn where_no_case_succeeds_that_is_said_and_nothing_is_written() {
    let folder = folder("import-unsuccessful");
    folder.write(
        "ring.asl.json",
        json!({"StartAt": "Nothing", "States": {
            "Nothing": {"Type": "Pass", "Next": "Ring"},
            "Ring": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"FunctionName": "f", "Payload": {"token.$": "$$.Task.Token"}},
                "TimeoutSeconds": 60, "End": true},
        }})
        .to_string(),
    );
    let arguments = ["import", "ring.asl.json", "--latency", "Ring=90000", "--out", "new.asl.json"];
    let ran = folder.atlas(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let out = ran.out.replace("\n    ", " ");
    assert!(
        out.contains("tried: none of 2 cases succeeds, so nothing is rewritten; where no call"),
        "{out}"
    );
    assert!(out.contains("States.Timeout") && !out.contains("the same in all"), "{out}");
    assert!(ran.err.contains("new.asl.json is not written"), "{}", ran.err);
    assert!(!folder.path("new.asl.json").exists());
}

#[test]
fn a_call_that_takes_longer_than_any_execution_is_refused() {
    let folder = folder("import-too-long");
    for (millis, code) in [("31536000000", 0), ("31536000001", 2), ("18446744073709551615", 2)] {
        let given = format!("CreateLead={millis}");
        let ran = folder.atlas(&["import", "lead-to-call.asl.json", "--latency", &given]);
        assert_eq!(ran.code, code, "{given}: {}", ran.err);
        let said = format!(
            "--latency `{given}`: {millis} ms is longer than an execution may last, a year; \
             expected at most 31536000000"
        );
        assert_eq!(ran.err.contains(&said), code == 2, "{}", ran.err);
    }
}

#[test]
fn what_is_read_is_not_written_over() {
    let folder = folder("import-over");
    for (file, machine, out) in [
        ("lead-to-call.asl.json", None, "./lead-to-call.asl.json"),
        ("sam-app.yaml", Some("NotifyWorkflow"), "sam-app.yaml"),
        ("sam-app.yaml", Some("OrderWorkflow"), "statemachine/order.asl.json"),
    ] {
        let before = folder.read(out);
        let mut arguments = vec!["import", file, "--out", out];
        arguments.extend(machine.iter().flat_map(|it| ["--machine", it]));
        let ran = folder.atlas(&arguments);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("is what is read; name another file"), "{}", ran.err);
        assert_eq!(folder.read(out), before);
    }
}

#[test]
fn a_mock_file_says_what_is_tried() {
    let folder = folder("import-mocks");
    let answer = |value: Value| json!({"0": {"Return": value}});
    folder.write(
        "mocks.json",
        json!({
            "StateMachines": {"order": {"TestCases": {"InStock": {"GetCustomer": "Customer",
                "GetStock": "Stock", "Reserve": "Reserved"}, "Gone": {"GetCustomer": "Customer",
                "GetStock": "None"}}}},
            "MockedResponses": {
                "Customer": answer(json!({"Item": {"id": {"S": "c"}}})),
                "Stock": answer(json!({"Item": {"state": {"S": "AVAILABLE"}}})),
                "None": answer(json!({"Item": {"state": {"S": "NONE"}}})),
                "Reserved": answer(json!({})),
            }
        })
        .to_string(),
    );
    let input = r#"{"customerId": "c", "articleId": "a"}"#;
    let arguments = [
        "import",
        "statemachine/order.asl.json",
        "--mocks",
        "mocks.json",
        "--input",
        input,
        "--json",
    ];
    let ran = folder.atlas(&arguments);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let trial = &document[0]["trial"];
    assert_eq!((&trial["cases"], &trial["succeeded"]), (&json!(2), &json!(1)), "{document:#}");
    let none = folder.atlas(&[&arguments[..], &["--case", "Lost"]].concat());
    assert_eq!(none.code, 1);
    assert!(none.err.contains("has no test case `Lost`"), "{}", none.err);
}

#[test]
fn templates_are_followed_and_machines_named() {
    let folder = folder("import-templates");
    let ran = folder.atlas(&["import", "sam-app.yaml"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for said in [
        "statemachine/order.asl.json OrderWorkflow (STANDARD)",
        "sam-app.yaml:26:11: advice PASS_WITHOUT_EFFECT",
        "DefinitionUri: NotifyWorkflow.asl.json",
        r#"TopicTopicName: {"Fn::GetAtt":["Topic","TopicName"]}"#,
    ] {
        assert!(ran.out.contains(said), "{said}\n{}", ran.out);
    }
    let both = folder.atlas(&["import", "sam-app.yaml", "--out", "x.json"]);
    assert_eq!(both.code, 2);
    assert!(both.err.contains("--machine names one"), "{}", both.err);
    let unknown = folder.atlas(&["import", "sam-app.yaml", "--machine", "Other"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.err.contains("it has `OrderWorkflow`, `NotifyWorkflow`"), "{}", unknown.err);
    let one = folder.atlas(&[
        "import",
        "sam-app.yaml",
        "--machine",
        "NotifyWorkflow",
        "--out",
        "n.asl.json",
    ]);
    assert_eq!(one.code, 0, "{}", one.err);
    let written: Value = serde_json::from_str(&folder.read("n.asl.json")).unwrap();
    assert_eq!(written["States"]["Publish"]["Parameters"]["TopicArn"], "${Topic}");
    fs::remove_file(folder.path("statemachine/order.asl.json")).unwrap();
    let missing = folder.atlas(&["import", "sam-app.yaml"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.err.contains("sam-app.yaml:10:22: ") && missing.err.contains("no such file"),
        "{}",
        missing.err
    );
}

#[test]
fn a_template_in_json_is_written_as_a_whole() {
    let folder = folder("import-cdk");
    let ran = folder.atlas(&["import", "cdk.template.json", "--out", "new.json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let written: Value = serde_json::from_str(&folder.read("new.json")).unwrap();
    let before: Value = serde_json::from_str(&folder.read("cdk.template.json")).unwrap();
    let machine =
        |template: &Value| template["Resources"]["ReportMachineE5F60718"]["Properties"].clone();
    assert_eq!(
        written["Resources"]["ReportHandlerServiceRole"],
        before["Resources"]["ReportHandlerServiceRole"]
    );
    assert_eq!(machine(&written)["RoleArn"], machine(&before)["RoleArn"]);
    let parts = machine(&written)["DefinitionString"]["Fn::Join"][1].as_array().unwrap().clone();
    assert!(parts.contains(&json!({"Fn::GetAtt": ["ReportHandler1A2B3C4D", "Arn"]})), "{parts:?}");
    assert_eq!(folder.atlas(&["import", "new.json"]).code, 0);
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let folder = folder("import-refused");
    for (content, said) in [
        ("", "file:1:1: is empty"),
        ("Resources:\n  - : [", "file:3:1: is no YAML"),
        ("{\"StartAt\": \"A\", \"States\": {}", "file:1:1: is no JSON"),
        ("StartAt: A\nStates:\n  A:\n    Type: Nothing\n", "file:4:5"),
    ] {
        folder.write("file", content);
        let ran = folder.atlas(&["import", "file"]);
        assert_eq!(ran.code, 1, "{content}\n{}", ran.err);
        assert!(
            format!("{}{}", ran.err, ran.out).contains(said),
            "{said}\n{}\n{}",
            ran.err,
            ran.out
        );
    }
    folder.write("file", [0xff, 0xfe, 0x7b, 0x00]);
    let ran = folder.atlas(&["import", "file"]);
    assert!(ran.code == 1 && ran.err.contains("not UTF-8 at byte 0"), "{}", ran.err);
    assert_eq!(folder.atlas(&["import", "absent"]).code, 2);
}

#[test]
fn the_page_shows_what_is_said_of_the_example() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/importing.md");
    let page = fs::read_to_string(page).unwrap();
    let shown = page.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let folder = folder("import-page");
    let latencies = [
        "CreateLead=1600",
        "SaveLead=150",
        "GenerateScenario=3000",
        "InvokeOutboundCall=800",
        "UpdateLead=1000",
    ];
    let mut arguments = vec!["import", "lead-to-call.asl.json", "--with-unconfirmed"];
    arguments.extend(latencies.iter().flat_map(|it| ["--latency", it]));
    let ran = folder.atlas(&arguments);
    let (said, changes) = ran.out.split_once("\n--- ").unwrap();
    assert_eq!(said, shown);
    assert!(changes.contains("CreateLead beside GenerateScenario"), "{changes}");
}
