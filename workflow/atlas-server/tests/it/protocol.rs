//! What is asked for beside the recorded cases: the wire itself, accounts, callbacks, pages.

use std::{sync::Arc, time::Duration};

use atlas_engine::mocks::MockConfig;
use atlas_server::{App, AppOptions, Guard, router};
use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use serde_json::{Value, json};
use tokio::{io::AsyncReadExt, net::TcpStream};
use tower::ServiceExt;

use crate::client::{Client, served};

const PASS: &str = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;
const TYPE: &str = "application/x-amz-json-1.0";

async fn answer(target: &str, content_type: &str, body: Body) -> Response<Body> {
    let request = Request::post("/")
        .header("host", "localhost")
        .header("x-amz-target", target)
        .header("content-type", content_type)
        .body(body)
        .expect("the parts of the request are right");
    let Ok(response) =
        router(App::new(AppOptions::default()), Guard::of_loopback()).oneshot(request).await;
    response
}

async fn check(target: &str, content_type: &str, body: impl Into<Body>, status: u16, code: &str) {
    let response = answer(target, content_type, body.into()).await;
    assert_eq!(response.status().as_u16(), status, "{target} {content_type}");
    assert!(response.headers().contains_key("x-amzn-requestid"));
    let body = to_bytes(response.into_body(), usize::MAX).await.expect("the answer is whole");
    let body = String::from_utf8_lossy(&body).into_owned();
    assert!(body.contains(code), "{body}");
}

#[tokio::test]
async fn what_is_no_request_of_the_service_is_refused() {
    let list = "AWSStepFunctions.ListStateMachines";
    check(list, TYPE, "{}", 200, "stateMachines").await;
    check(list, TYPE, "", 200, "stateMachines").await;
    check(list, TYPE, "{", 400, "SerializationException").await;
    check(list, TYPE, "[]", 400, "SerializationException").await;
    check(list, TYPE, "[".repeat(100_000), 400, "SerializationException").await;
    check(list, TYPE, "{\"maxResults\": \"1\"}", 400, "SerializationException").await;
    check(list, TYPE, vec![b' '; 1_048_577], 413, "RequestEntityTooLargeException").await;
    check(list, "text/plain", "{}", 404, "<UnknownOperationException/>").await;
    check(list, "application/x-amz-json-1.0; charset=utf-8", "{}", 200, "stateMachines").await;
    check("AWSStepFunctions.Nothing", TYPE, "{}", 400, "UnknownOperationException").await;
    check("DynamoDB_20120810.ListTables", TYPE, "{}", 400, "UnknownOperationException").await;
    check("AWSStepFunctions.TestState", TYPE, "{}", 400, "'definition'").await;
}

#[tokio::test]
async fn a_body_of_unknown_length_is_bounded_too() {
    let chunk = || Ok::<_, std::io::Error>(vec![b' '; 65_536]);
    let endless = Body::from_stream(Chunks(std::iter::repeat_with(chunk)));
    let response = answer("AWSStepFunctions.ListStateMachines", TYPE, endless).await;
    assert_eq!(response.status().as_u16(), 413);
}

/// A stream of whatever an iterator yields.
struct Chunks<I>(I);

impl<I: Iterator + Unpin> futures_core::Stream for Chunks<I> {
    type Item = I::Item;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<I::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

fn machine(name: &str, definition: &str) -> Value {
    json!({ "name": name, "definition": definition, "roleArn": "arn:aws:iam::1:role/r" })
}

#[tokio::test]
async fn accounts_do_not_see_each_other() {
    let address = served(AppOptions::default()).await;
    let mut one = Client::connect(address, "111111111111").await;
    let mut other = Client::connect(address, "222222222222").await;
    let (_, created) = one.call("CreateStateMachine", &machine("m", PASS)).await;
    assert_eq!(created["stateMachineArn"], "arn:aws:states:us-east-1:111111111111:stateMachine:m");
    let (_, listed) = other.call("ListStateMachines", &json!({})).await;
    assert_eq!(listed, json!({ "stateMachines": [] }));
    let arn = json!({ "stateMachineArn": created["stateMachineArn"] });
    let (status, refused) = other.call("StartExecution", &arn).await;
    assert_eq!((status, &refused["__type"]), (400, &json!("StateMachineDoesNotExist")));
}

#[tokio::test]
async fn a_worker_takes_a_task_and_ends_it_by_its_token() {
    let address = served(AppOptions::default()).await;
    let mut client = Client::connect(address, "test").await;
    let (_, activity) = client.call("CreateActivity", &json!({ "name": "a" })).await;
    let arn = activity["activityArn"].clone();
    let text = json!({ "StartAt": "T", "States": { "T": {
        "Type": "Task", "Resource": arn, "End": true } } });
    let (_, created) = client.call("CreateStateMachine", &machine("m", &text.to_string())).await;
    let mut worker = Client::connect(address, "test").await;
    let polling = tokio::spawn(async move {
        worker.call("GetActivityTask", &json!({ "activityArn": arn })).await
    });
    let start = json!({ "stateMachineArn": created["stateMachineArn"], "input": "[1]" });
    let (_, started) = client.call("StartExecution", &start).await;
    let (_, task) = polling.await.unwrap();
    assert_eq!(task["input"], "[1]");
    let success = json!({ "taskToken": task["taskToken"], "output": "{\"done\":true}" });
    assert_eq!(client.call("SendTaskSuccess", &success).await, (200, json!({})));
    let (status, late) = client.call("SendTaskSuccess", &success).await;
    assert_eq!((status, &late["__type"]), (400, &json!("TaskTimedOut")));
    let execution = json!({ "executionArn": started["executionArn"] });
    let (_, described) = client.call("DescribeExecution", &execution).await;
    assert_eq!(
        (&described["status"], &described["output"]),
        (&json!("SUCCEEDED"), &json!("{\"done\":true}"))
    );
}

#[tokio::test]
async fn a_test_case_is_named_behind_the_machine_and_not_in_the_execution() {
    let mocks = br#"{"StateMachines": {"m": {"TestCases": {"Case": {"T": "R"}}}},
        "MockedResponses": {"R": {"0": {"Return": 7}}}}"#;
    let mocks = Some(Arc::new(MockConfig::parse(mocks).unwrap()));
    let address = served(AppOptions { mocks, ..AppOptions::default() }).await;
    let mut client = Client::connect(address, "test").await;
    let text = r#"{"StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
        "Resource": "arn:aws:lambda:us-east-1:000000000000:function:f"}}}"#;
    let express = json!({ "name": "m", "definition": text, "roleArn": "r", "type": "EXPRESS" });
    let (_, created) = client.call("CreateStateMachine", &express).await;
    let arn = format!("{}#Case", created["stateMachineArn"].as_str().unwrap());
    let start = json!({ "stateMachineArn": arn });
    let (_, ended) = client.call("StartSyncExecution", &start).await;
    assert_eq!((&ended["status"], &ended["output"]), (&json!("SUCCEEDED"), &json!("7")));
    assert_eq!(ended["stateMachineArn"], created["stateMachineArn"]);
    assert!(!ended["executionArn"].as_str().unwrap().contains('#'));
}

/// facts: API behaviour on Express, recorded.
#[tokio::test]
async fn express_executions_cannot_be_asked_for() {
    let address = served(AppOptions::default()).await;
    let mut client = Client::connect(address, "test").await;
    let express = json!({ "name": "m", "definition": PASS, "roleArn": "r", "type": "EXPRESS" });
    let (_, created) = client.call("CreateStateMachine", &express).await;
    let machine = json!({ "stateMachineArn": created["stateMachineArn"] });
    let (_, started) = client.call("StartExecution", &machine).await;
    let execution = json!({ "executionArn": started["executionArn"] });
    for operation in ["DescribeExecution", "StopExecution", "GetExecutionHistory"] {
        let (status, refused) = client.call(operation, &execution).await;
        assert_eq!(
            (status, refused),
            (
                400,
                json!({
                    "__type": "InvalidArn",
                    "message":
                        "Invalid Arn: 'Resource type not valid in this context: express'",
                })
            )
        );
    }
    let (_, refused) = client.call("ListExecutions", &machine).await;
    assert_eq!(refused["__type"], "StateMachineTypeNotSupported");
}

#[tokio::test]
async fn a_history_comes_in_pages_forwards_and_backwards() {
    let address = served(AppOptions::default()).await;
    let mut client = Client::connect(address, "test").await;
    let (_, created) = client.call("CreateStateMachine", &machine("m", PASS)).await;
    let start = json!({ "stateMachineArn": created["stateMachineArn"] });
    let (_, started) = client.call("StartExecution", &start).await;
    for (is_reversed, expected) in [(false, [1, 2, 3, 4]), (true, [4, 3, 2, 1])] {
        let mut request = json!({
            "executionArn": started["executionArn"],
            "maxResults": 3,
            "reverseOrder": is_reversed,
            "includeExecutionData": false,
        });
        let mut ids = Vec::new();
        loop {
            let (_, page) = client.call("GetExecutionHistory", &request).await;
            ids.extend(page["events"].as_array().unwrap().iter().map(|event| event["id"].clone()));
            assert!(!page.to_string().contains("\"input\""));
            match page.get("nextToken") {
                Some(token) => request["nextToken"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(json!(ids), json!(expected));
    }
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_without_harm_to_others() {
    let address = served(AppOptions::default()).await;
    tokio::time::pause();
    let mut silent = TcpStream::connect(address).await.unwrap();
    let mut byte = [0];
    let closed = tokio::time::timeout(Duration::from_secs(600), silent.read(&mut byte)).await;
    assert_eq!(closed.unwrap().unwrap_or(0), 0);
    tokio::time::resume();
    let mut client = Client::connect(address, "test").await;
    assert_eq!(client.call("ListActivities", &json!({})).await.0, 200);
}

#[tokio::test]
async fn a_machine_can_call_the_service_that_runs_it() {
    let address = served(AppOptions::default()).await;
    let mut client = Client::connect(address, "123456789012").await;
    for (parameters, expected) in [
        (json!({ "ExecutionArn.$": "$$.Execution.Id" }), "\"RUNNING\""),
        (json!({ "ExecutionArn": "x" }), "\"Sfn.InvalidArnException\""),
        (json!({ "ExecutionArn": 5 }), "\"Sfn.SerializationException\""),
    ] {
        let text = json!({ "StartAt": "T", "States": {
            "T": { "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sfn:describeExecution",
                "Parameters": parameters, "OutputPath": "$.Status", "End": true,
                "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "Failed" }] },
            "Failed": { "Type": "Pass", "OutputPath": "$.Error", "End": true } } });
        let name = format!("m{}", expected.len());
        let (_, created) =
            client.call("CreateStateMachine", &machine(&name, &text.to_string())).await;
        let start = json!({ "stateMachineArn": created["stateMachineArn"] });
        let (_, started) = client.call("StartExecution", &start).await;
        let execution = json!({ "executionArn": started["executionArn"] });
        let described = loop {
            let (_, described) = client.call("DescribeExecution", &execution).await;
            if described["status"] != "RUNNING" {
                break described;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(described["output"], expected, "{described}");
    }
}
