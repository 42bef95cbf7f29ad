//! Map runs and redrives over the API, with a bucket and a service that can be down.

use std::{
    future::ready,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use atlas_core::{Failure, Payload};
use atlas_engine::{
    Time,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use atlas_server::AppOptions;
use serde_json::{Value, json};

use crate::{
    client::{Client, served},
    versions::{ask, refused},
};

/// A bucket with one object, and a queue that refuses odd numbers while it is down.
#[derive(Default)]
struct Outside {
    is_up: AtomicBool,
    written: Mutex<Vec<String>>,
}

impl TaskRunner for Outside {
    fn run(&self, call: TaskCall) -> Answering {
        let parameters = call.request.parameters.value();
        let answer = match call.request.resource.resource_name().as_str() {
            "getObject" => {
                TaskAnswer::Answered(Payload::from(json!({"Body": "id,name\n1,Ada\n2,Grace\n"})))
            }
            "putObject" => {
                let key = parameters["Key"].as_str().unwrap_or_default();
                let file = key.rsplit('/').next().unwrap_or_default();
                self.written.lock().expect("nobody panics").push(file.to_owned());
                TaskAnswer::Answered(Payload::empty())
            }
            _ => {
                let is_odd = parameters["n"].as_u64().is_some_and(|number| number % 2 == 1);
                if is_odd && !self.is_up.load(Ordering::SeqCst) {
                    let error = Some("Down".to_owned());
                    TaskAnswer::Failed(Failure { error, cause: None })
                } else {
                    TaskAnswer::Answered(call.request.parameters)
                }
            }
        };
        Box::pin(ready(answer))
    }
}

async fn outside() -> (Arc<Outside>, Client) {
    let outside = Arc::new(Outside::default());
    let runner: Arc<dyn TaskRunner> = Arc::<Outside>::clone(&outside);
    let options = AppOptions { runner, time: Time::SkippingWaits, ..AppOptions::default() };
    (outside, Client::connect(served(options).await, "210987654321").await)
}

const SEND: &str = "arn:aws:states:::sqs:sendMessage";

fn map(execution_type: &str, fields: Value) -> Value {
    let mut map = json!({"Type": "Map", "Label": "L", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type},
        "StartAt": "T", "States": {"T": {"Type": "Task", "Resource": SEND, "End": true}},
    }});
    for (name, value) in fields.as_object().expect("fields are an object") {
        map[name] = value.clone();
    }
    json!({"StartAt": "M", "States": {"M": map}})
}

/// Starts a machine, and waits for its end; answers with the execution's ARN.
async fn run(client: &mut Client, definition: &Value, input: Value) -> String {
    let machine = json!({"name": "m", "definition": definition.to_string(),
        "roleArn": "arn:aws:iam::210987654321:role/r"});
    let machine = ask(client, "CreateStateMachine", machine).await;
    let start = json!({"stateMachineArn": machine["stateMachineArn"], "input": input.to_string()});
    let started = ask(client, "StartExecution", start).await;
    let arn = started["executionArn"].as_str().expect("it has an ARN").to_owned();
    ended(client, &arn).await;
    arn
}

/// What is told of an execution once it has ended.
async fn ended(client: &mut Client, arn: &str) -> Value {
    loop {
        let told = ask(client, "DescribeExecution", json!({"executionArn": arn})).await;
        if told["status"] != "RUNNING" {
            return told;
        }
    }
}

async fn types(client: &mut Client, arn: &str) -> Vec<String> {
    let told = ask(client, "GetExecutionHistory", json!({"executionArn": arn})).await;
    let events = told["events"].as_array().expect("there are events").iter();
    events.map(|event| event["type"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn map_run(client: &mut Client, arn: &str) -> Value {
    let listed = ask(client, "ListMapRuns", json!({"executionArn": arn})).await;
    let request = json!({"mapRunArn": listed["mapRuns"][0]["mapRunArn"]});
    ask(client, "DescribeMapRun", request).await
}

#[tokio::test]
async fn a_map_run_is_described_with_its_children() {
    let (_, mut client) = outside().await;
    let fields = json!({"ToleratedFailureCount": 1, "MaxConcurrency": 2});
    let items = json!([{"n": 0}, {"n": 1}, {"n": 2}]);
    let arn = run(&mut client, &map("STANDARD", fields), items).await;
    let told = ended(&mut client, &arn).await;
    assert_eq!(told["output"], r#"[{"n":0},{"n":2}]"#);
    let described = map_run(&mut client, &arn).await;
    let map_run_arn = described["mapRunArn"].clone();
    assert!(map_run_arn.as_str().is_some_and(|arn| arn.contains(":mapRun:m/L:")), "{described}");
    assert_eq!(
        (&described["status"], &described["maxConcurrency"], &described["executionArn"]),
        (&json!("SUCCEEDED"), &json!(2), &json!(arn))
    );
    for counts in ["itemCounts", "executionCounts"] {
        let counts = &described[counts];
        assert_eq!(
            (&counts["succeeded"], &counts["failed"], &counts["total"], &counts["pending"]),
            (&json!(2), &json!(1), &json!(3), &json!(0))
        );
    }
    let failed = json!({"mapRunArn": map_run_arn, "statusFilter": "FAILED"});
    let listed = ask(&mut client, "ListExecutions", failed).await;
    let children = listed["executions"].as_array().expect("it is a list");
    assert_eq!(children.len(), 1);
    assert_eq!((&children[0]["itemCount"], &children[0]["mapRunArn"]), (&json!(1), &map_run_arn));
    let child_arn = children[0]["executionArn"].as_str().expect("it has an ARN").to_owned();
    assert!(child_arn.contains(":execution:m/L:"), "{child_arn}");
    assert_eq!(
        types(&mut client, &child_arn).await,
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskFailed",
            "ExecutionFailed"
        ]
    );
    let request = json!({"executionArn": child_arn});
    let machine = ask(&mut client, "DescribeStateMachineForExecution", request).await;
    assert_eq!((&machine["label"], &machine["mapRunArn"]), (&json!("L"), &map_run_arn));
    let definition = machine["definition"].as_str().unwrap_or_default();
    assert!(definition.contains(r#""StartAt":"T""#), "{definition}");
    let of_machine =
        json!({"stateMachineArn": "arn:aws:states:us-east-1:210987654321:stateMachine:m"});
    let listed = ask(&mut client, "ListExecutions", of_machine).await;
    assert_eq!(listed["executions"].as_array().map(Vec::len), Some(1), "children are not listed");
    let late = json!({"mapRunArn": map_run_arn, "maxConcurrency": 1});
    let refused = refused(&mut client, "UpdateMapRun", late).await;
    assert!(refused.starts_with("ValidationException"), "{refused}");
}

#[tokio::test]
async fn items_come_from_a_bucket_and_results_go_to_one() {
    let (outside, mut client) = outside().await;
    let definition = map(
        "EXPRESS",
        json!({
            "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
                "Parameters": {"Bucket": "b", "Key": "k"},
                "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}},
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
                "Parameters": {"Bucket": "b", "Prefix": "p"}},
        }),
    );
    let arn = run(&mut client, &definition, json!({})).await;
    let told = ended(&mut client, &arn).await;
    assert_eq!(told["status"], "SUCCEEDED", "{told}");
    let output = told["output"].as_str().unwrap_or_default();
    assert!(output.contains(r#""ResultWriterDetails":{"Bucket":"b","Key":"p/"#), "{output}");
    assert_eq!(
        *outside.written.lock().expect("nobody panics"),
        ["SUCCEEDED_0.json", "manifest.json"]
    );
    let described = map_run(&mut client, &arn).await;
    assert_eq!(described["itemCounts"]["resultsWritten"], 2);
    let children = json!({"mapRunArn": described["mapRunArn"]});
    let listed = ask(&mut client, "ListExecutions", children).await;
    let child = json!({"executionArn": listed["executions"][1]["executionArn"]});
    let child = ask(&mut client, "DescribeExecution", child).await;
    assert_eq!(child["input"], r#"{"id":"1","name":"Ada"}"#);
}

#[tokio::test]
async fn a_redriven_execution_goes_on_where_it_failed() {
    let (outside, mut client) = outside().await;
    let definition = json!({"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Next": "P"},
        "P": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "B", "States": {"B": {"Type": "Task", "Resource": SEND,
                "InputPath": "$.b", "End": true}}},
            {"StartAt": "C", "States": {"C": {"Type": "Wait", "Seconds": 1, "Next": "D"},
                "D": {"Type": "Task", "Resource": SEND, "InputPath": "$.d", "End": true}}},
        ]},
    }});
    let arn = run(&mut client, &definition, json!({"b": {"n": 2}, "d": {"n": 1}})).await;
    let told = ended(&mut client, &arn).await;
    assert_eq!((&told["status"], &told["redriveStatus"]), (&json!("FAILED"), &json!("REDRIVABLE")));
    let before = types(&mut client, &arn).await;
    outside.is_up.store(true, Ordering::SeqCst);
    let redrive = json!({"executionArn": arn, "clientToken": "once"});
    let redriven = ask(&mut client, "RedriveExecution", redrive.clone()).await;
    let told = ended(&mut client, &arn).await;
    assert_eq!(told["output"], r#"[{"n":2},{"n":1}]"#);
    assert_eq!(
        (&told["redriveCount"], &told["redriveDate"]),
        (&json!(1), &redriven["redriveDate"])
    );
    assert_eq!(ask(&mut client, "RedriveExecution", redrive).await, redriven, "it is done once");
    assert_eq!(
        refused(&mut client, "RedriveExecution", json!({"executionArn": arn})).await,
        "ExecutionNotRedrivable: Execution is SUCCEEDED and cannot be redriven"
    );
    let after = types(&mut client, &arn).await;
    assert_eq!(after[..before.len()], before);
    assert_eq!(
        after[before.len()..],
        [
            "ExecutionRedriven",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited",
            "ParallelStateSucceeded",
            "ParallelStateExited",
            "ExecutionSucceeded"
        ]
    );
    let machine = "arn:aws:states:us-east-1:210987654321:stateMachine:m";
    let list = json!({"stateMachineArn": machine, "redriveFilter": "REDRIVEN"});
    assert_eq!(
        refused(&mut client, "ListExecutions", list).await,
        "ValidationException: RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN"
    );
}

#[tokio::test]
async fn a_redriven_map_run_runs_again_what_did_not_end_well() {
    for execution_type in ["STANDARD", "EXPRESS"] {
        let (outside, mut client) = outside().await;
        let items = json!([{"n": 0}, {"n": 1}, {"n": 2}]);
        let arn = run(&mut client, &map(execution_type, json!({})), items).await;
        assert_eq!(ended(&mut client, &arn).await["status"], "FAILED");
        assert_eq!(map_run(&mut client, &arn).await["status"], "FAILED");
        outside.is_up.store(true, Ordering::SeqCst);
        ask(&mut client, "RedriveExecution", json!({"executionArn": arn})).await;
        let told = ended(&mut client, &arn).await;
        assert_eq!(told["output"], r#"[{"n":0},{"n":1},{"n":2}]"#, "{execution_type} {told}");
        let described = map_run(&mut client, &arn).await;
        assert_eq!(
            (&described["status"], &described["redriveCount"]),
            (&json!("SUCCEEDED"), &json!(1))
        );
        let counts = &described["executionCounts"];
        assert_eq!((&counts["succeeded"], &counts["total"]), (&json!(3), &json!(3)));
        let children = json!({"mapRunArn": described["mapRunArn"]});
        let listed = ask(&mut client, "ListExecutions", children).await;
        assert_eq!(listed["executions"].as_array().map(Vec::len), Some(3));
        for (filter, redriven) in [("REDRIVEN", true), ("NOT_REDRIVEN", false)] {
            let children = json!({"mapRunArn": described["mapRunArn"], "redriveFilter": filter});
            let filtered = ask(&mut client, "ListExecutions", children).await;
            let expected: Vec<&Value> = listed["executions"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|child| (child["redriveCount"] != json!(0)) == redriven)
                .collect();
            assert_eq!(json!(filtered["executions"]), json!(expected), "{filter}");
        }
    }
}
