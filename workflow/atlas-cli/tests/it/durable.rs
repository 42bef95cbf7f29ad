//! `atlas dev --data`: what was answered before the process was killed is there after it, and what
//! machines log lies beside it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{harness::Folder, server::Server};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A worker's task, then a Pass.
fn definition(activity: &str) -> String {
    json!({"StartAt": "Work", "States": {
        "Work": {"Type": "Task", "Resource": activity, "Next": "Done"},
        "Done": {"Type": "Pass", "End": true}}})
    .to_string()
}

fn ids_are_whole(server: &Server, execution: &str) {
    let history = server.call("GetExecutionHistory", &json!({"executionArn": execution}));
    let events = history["events"].as_array().unwrap();
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["id"], json!(at + 1), "{history}");
        assert!(event["previousEventId"].as_u64().unwrap() <= at as u64, "{history}");
    }
}

#[test]
fn what_was_answered_outlives_a_kill() {
    const COUNT: usize = 20;
    let folder = Folder::new("durable");
    let server = Server::start(&folder, &[]);
    let activity = server.call("CreateActivity", &json!({"name": "work"}));
    let activity = activity["activityArn"].as_str().unwrap().to_owned();
    let machine = server.call(
        "CreateStateMachine",
        &json!({"name": "M", "definition": definition(&activity), "roleArn": "arn:aws:iam::000000000000:role/r",
            "tags": [{"key": "team", "value": "demo"}]}),
    );
    let machine = machine["stateMachineArn"].clone();
    let started: Vec<Value> = (0..COUNT)
        .map(|number| {
            let request =
                json!({"stateMachineArn": machine, "name": format!("e{number}"), "input": "{}"});
            server.call("StartExecution", &request)["executionArn"].clone()
        })
        .collect();
    let worker = json!({"activityArn": activity, "workerName": "w"});
    let taken = server.call("GetActivityTask", &worker)["taskToken"].clone();
    let done = server.call("GetActivityTask", &worker)["taskToken"].clone();
    server.call("SendTaskSuccess", &json!({"taskToken": done, "output": "1"}));
    server.kill();

    let server = Server::start(&folder, &[]);
    let list = |server: &Server, status: &str| {
        let request = json!({"stateMachineArn": machine, "statusFilter": status});
        server.call("ListExecutions", &request)["executions"].as_array().unwrap().len()
    };
    assert_eq!((list(&server, "RUNNING"), list(&server, "SUCCEEDED")), (COUNT - 1, 1));
    let tags = server.call("ListTagsForResource", &json!({"resourceArn": machine}));
    assert_eq!(tags["tags"], json!([{"key": "team", "value": "demo"}]));
    // The one that a worker had taken is still its worker's; the others wait for theirs.
    server.call("SendTaskSuccess", &json!({"taskToken": taken, "output": "2"}));
    for _ in 0..COUNT - 2 {
        let token = server.call("GetActivityTask", &worker)["taskToken"].clone();
        server.call("SendTaskSuccess", &json!({"taskToken": token, "output": "3"}));
    }
    assert_eq!((list(&server, "RUNNING"), list(&server, "SUCCEEDED")), (0, COUNT));
    // A name that was used stays used.
    let again = json!({"stateMachineArn": machine, "name": "e0", "input": "{\"other\": 1}"});
    let (status, refused) = server.ask("StartExecution", &again);
    assert_eq!(status, "HTTP/1.1 400 Bad Request");
    assert!(refused["__type"].as_str().unwrap().ends_with("ExecutionAlreadyExists"), "{refused}");
    for execution in &started {
        ids_are_whole(&server, execution.as_str().unwrap());
    }
    server.kill();
    let server = Server::start(&folder, &[]);
    assert_eq!((list(&server, "RUNNING"), list(&server, "SUCCEEDED")), (0, COUNT));
}

#[test]
fn a_machine_s_log_group_has_a_file_in_the_folder() {
    let folder = Folder::new("durable-logs");
    let server = Server::start(&folder, &[]);
    let logging = |level: &str| {
        let group = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/states/M:*";
        json!({"level": level, "includeExecutionData": false,
            "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]})
    };
    let machine = server.call(
        "CreateStateMachine",
        &json!({"name": "M", "type": "EXPRESS", "roleArn": "arn:aws:iam::000000000000:role/r",
            "definition": r#"{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}"#,
            "loggingConfiguration": logging("FATAL")}),
    );
    let machine = machine["stateMachineArn"].clone();
    let run = |name: &str| {
        let request = json!({"stateMachineArn": machine, "name": name});
        server.call("StartSyncExecution", &request)["executionArn"].clone()
    };
    let first = run("first");
    let update = json!({"stateMachineArn": machine, "loggingConfiguration": logging("ERROR")});
    server.call("UpdateStateMachine", &update);
    let second = run("second");
    let file = "kept/logs/000000000000/us-east-1/+aws+vendedlogs+states+M.jsonl";
    let since = Instant::now();
    let records = loop {
        assert!(since.elapsed() < PATIENCE, "nothing comes");
        let records = std::fs::read_to_string(folder.path(file)).unwrap_or_default();
        if records.lines().count() >= 3 {
            break records;
        }
        std::thread::yield_now();
    };
    let told = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        (record["type"].clone(), record["execution_arn"].clone())
    };
    let expected = [
        ("ExecutionFailed", first),
        ("FailStateEntered", second.clone()),
        ("ExecutionFailed", second),
    ];
    let records: Vec<(Value, Value)> = records.lines().map(told).collect();
    assert_eq!(records, expected.map(|(event_type, arn)| (json!(event_type), arn)));
}

#[test]
fn a_second_server_on_the_folder_is_told_who_has_it() {
    let folder = Folder::new("durable-in-use");
    let server = Server::start(&folder, &[]);
    let arguments = ["dev", "--no-sandbox", "--listen", "127.0.0.1:0", "--data", "kept"];
    let ran = folder.atlas(&arguments).exits(2);
    assert!(ran.err.contains("--data names another folder, --ephemeral keeps"), "{}", ran.err);
    let holder = format!("`kept` is in use by process {},", server.id());
    assert!(ran.err.contains(&holder), "{}", ran.err);
}

#[test]
fn data_and_ephemeral_exclude_each_other() {
    let folder = Folder::new("durable-both");
    let ran = folder.atlas(&["dev", "--data", "kept", "--ephemeral"]).exits(2);
    assert!(ran.err.contains("--ephemeral"), "{}", ran.err);
}
