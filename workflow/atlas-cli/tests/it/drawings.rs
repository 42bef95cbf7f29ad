//! `atlas graph` and `atlas mocks skeleton`: what can be made of a definition.

use serde_json::{Value, json};

use crate::harness::Folder;

fn rendered(folder: &Folder) -> [&'static str; 2] {
    folder.atlas(&["render", "--out", "."]).exits(0);
    ["AtlasEngineWorkflow.asl.json", "AtlasEngineCallWorkflow.asl.json"]
}

#[test]
fn a_definition_is_drawn_in_four_formats() {
    let folder = Folder::new("graph");
    let [machine, _] = rendered(&folder);
    for (format, begins) in
        [("mermaid", "flowchart"), ("dot", "digraph"), ("svg", "<svg"), ("ascii", "●")]
    {
        let ran = folder.atlas(&["graph", machine, "--format", format]).exits(0);
        assert!(ran.out.starts_with(begins) && ran.out.ends_with('\n'), "{format}: {}", ran.out);
        for state in ["CheckLead", "GenerateScenario", "StartCall", "LeadParked"] {
            assert!(ran.out.contains(state), "{format}: {state}");
        }
        assert_eq!(ran.err, "");
    }
    assert_eq!(
        folder.atlas(&["graph", machine]).out,
        folder.atlas(&["graph", machine, "--format", "ascii"]).out
    );
    let read = folder.atlas_reading(&["graph", "-"], &folder.read(machine)).exits(0);
    assert_eq!(read.out, folder.atlas(&["graph", machine]).out);
}

#[test]
fn what_holds_no_states_is_not_drawn() {
    let folder = Folder::new("graph-nothing");
    folder.write("other.json", "{\"a\": 1}");
    for command in [&["graph", "other.json"][..], &["mocks", "skeleton", "other.json"]] {
        folder.atlas(command).refuses(1, &["other.json:1:1", "StartAt"]);
    }
}

/// A machine that calls each integration once, in order.
fn every_integration() -> Value {
    let machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Other";
    let token = json!({ "token.$": "$$.Task.Token" });
    let calls = [
        ("lambda:invoke", json!({ "FunctionName": "F" })),
        ("lambda:invoke.waitForTaskToken", json!({ "FunctionName": "F", "Payload": token })),
        ("states:startExecution", json!({ "StateMachineArn": machine })),
        ("states:startExecution.sync", json!({ "StateMachineArn": machine })),
        ("states:startExecution.sync:2", json!({ "StateMachineArn": machine })),
        ("sqs:sendMessage", json!({ "QueueUrl": "q", "MessageBody": "b" })),
        ("sqs:sendMessage.waitForTaskToken", json!({ "QueueUrl": "q", "MessageBody": token })),
        ("sns:publish", json!({ "TopicArn": "t", "Message": "m" })),
        ("dynamodb:getItem", json!({ "TableName": "t", "Key": {} })),
        ("dynamodb:putItem", json!({ "TableName": "t", "Item": {} })),
        ("dynamodb:updateItem", json!({ "TableName": "t", "Key": {} })),
        ("dynamodb:deleteItem", json!({ "TableName": "t", "Key": {} })),
        ("events:putEvents", json!({ "Entries": [] })),
        ("ecs:runTask.sync", json!({ "TaskDefinition": "t" })),
        ("aws-sdk:s3:listBuckets", json!({})),
    ];
    let last = calls.len() - 1;
    let mut states = serde_json::Map::new();
    for (at, (action, parameters)) in calls.into_iter().enumerate() {
        let mut state = json!({
            "Type": "Task", "Resource": format!("arn:aws:states:::{action}"),
            "Parameters": parameters, "TimeoutSeconds": 60,
        });
        match at == last {
            true => state["End"] = json!(true),
            false => state["Next"] = json!(format!("Call{}", at + 1)),
        }
        states.insert(format!("Call{at}"), state);
    }
    json!({ "StartAt": "Call0", "States": states })
}

#[test]
fn a_skeleton_is_taken_unchanged_by_exec() {
    let folder = Folder::new("skeleton");
    rendered(&folder);
    folder.write("Every.asl.json", every_integration().to_string());
    let nested = json!({"StartAt": "Each", "States": {"Each": {
        "Type": "Map", "End": true, "ItemProcessor": {"StartAt": "Both", "States": {"Both": {
            "Type": "Parallel", "End": true, "Branches": [{"StartAt": "F", "States": {"F": {
                "Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:F",
                "Retry": [{ "ErrorEquals": ["States.ALL"] }], "End": true }}}]}}}}}});
    folder.write("Nested.asl.json", nested.to_string());
    for (file, kind, input, code) in [
        ("Every.asl.json", "standard", "{}", 0),
        ("Nested.asl.json", "standard", "[1, 2, 3]", 0),
        // What their skeletons answer is empty, and the machines read more out of it.
        ("AtlasEngineWorkflow.asl.json", "express", definitions::SAMPLE_LEAD, 1),
        ("AtlasEngineCallWorkflow.asl.json", "standard", "{}", 1),
    ] {
        let skeleton = folder.atlas(&["mocks", "skeleton", file]).exits(0);
        assert_eq!(skeleton.err, "", "{file}");
        folder.write("mocks.json", &skeleton.out);
        let substitute: Vec<String> = definitions::SUBSTITUTIONS
            .iter()
            .flat_map(|one| ["--substitute".to_owned(), format!("{}={}", one.name, one.local)])
            .collect();
        let arguments =
            ["exec", file, "--mocks", "mocks.json", "--type", kind, "--input", input, "--json"];
        let arguments = arguments.map(str::to_owned).into_iter().chain(substitute);
        let ran = folder.atlas(&arguments.collect::<Vec<_>>()).exits(code);
        assert!(!ran.err.contains("mocks.json"), "{}", ran.err);
        // It ran: the mock file was taken.
        assert!(ran.document()["executions"][0]["events"].as_array().unwrap().len() > 2);
    }
}

#[test]
fn an_activity_is_named_as_what_no_mock_answers() {
    let folder = Folder::new("skeleton-activity");
    let machine = json!({"StartAt": "Ask", "States": {"Ask": { "Type": "Task", "End": true,
        "Resource": "arn:aws:states:us-east-1:123456789012:activity:Work" }}});
    folder.write("ask.json", machine.to_string());
    let ran = folder.atlas(&["mocks", "skeleton", "ask.json", "--name", "Mine"]).exits(0);
    assert!(ran.document()["StateMachines"]["Mine"].is_object());
    assert!(ran.err.lines().all(|line| line.starts_with("atlas: ")), "{}", ran.err);
    assert!(ran.err.contains("`Ask` is an activity"), "{}", ran.err);
}
