//! `TestState`, beside what was recorded of it.

use std::sync::Arc;

use atlas_engine::Time;
use atlas_integrations::{AwsServices, Endpoints, Options};
use atlas_server::AppOptions;
use serde_json::{Value, json};

use crate::client::{Client, served};

const ROLE: &str = "arn:aws:iam::000000000000:role/r";

/// Asks for a test; the documents in the request are written as texts, and those in the answer read.
async fn tested(client: &mut Client, mut request: Value) -> Value {
    for field in ["definition", "input", "variables", "context"] {
        if let Some(document) = request.get_mut(field) {
            *document = document.to_string().into();
        }
    }
    if let Some(result) = request.pointer_mut("/mock/result") {
        *result = result.to_string().into();
    }
    let (status, mut answer) = client.call("TestState", &request).await;
    if status != 200 {
        return format!("{}: {}", answer["__type"], answer["message"]).into();
    }
    read(&mut answer);
    answer
}

fn read(value: &mut Value) {
    match value {
        Value::String(text) if text.starts_with('{') => {
            *value = serde_json::from_str(text).expect("what begins so is JSON");
        }
        Value::Object(fields) => fields.values_mut().for_each(read),
        _ => {}
    }
}

async fn check(cases: Vec<(Value, Value)>) {
    let options = AppOptions { time: Time::SkippingWaits, ..AppOptions::default() };
    let mut client = Client::connect(served(options).await, "test").await;
    for (request, expected) in cases {
        let answer = tested(&mut client, request.clone()).await;
        assert_eq!(answer, expected, "{request}");
    }
}

fn task(fields: Value) -> Value {
    let mut task = json!({
        "Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": { "FunctionName": "f" }, "End": true,
    });
    for (name, value) in fields.as_object().expect("fields are an object") {
        task[name] = value.clone();
    }
    task
}

fn map(fields: Value) -> Value {
    let mut map = json!({
        "Type": "Map", "End": true,
        "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "Inside", "States": { "Inside": { "Type": "Pass", "End": true } },
        },
    });
    for (name, value) in fields.as_object().expect("fields are an object") {
        map[name] = value.clone();
    }
    map
}

#[tokio::test]
async fn each_type_of_state_ends_as_it_would_in_a_machine() {
    check(vec![
        (
            json!({ "definition": { "Type": "Wait", "Seconds": 86_400, "Next": "N" } }),
            json!({ "status": "SUCCEEDED", "output": {}, "nextState": "N" }),
        ),
        (
            json!({ "input": { "n": 3 }, "inspectionLevel": "DEBUG", "definition": {
                "Type": "Choice", "Default": "Few", "InputPath": "$",
                "Choices": [{ "Variable": "$.n", "NumericGreaterThan": 2, "Next": "Many" }] } }),
            json!({ "status": "SUCCEEDED", "output": { "n": 3 }, "nextState": "Many",
                "inspectionData": { "input": { "n": 3 }, "afterInputPath": { "n": 3 } } }),
        ),
        (
            json!({ "input": { "n": 3 }, "definition": {
                "Type": "Choice",
                "Choices": [{ "Variable": "$.n", "NumericGreaterThan": 5, "Next": "Many" }] } }),
            json!({ "status": "FAILED", "error": "States.Runtime",
                "cause": "Failed to transition out of the state. The state does not point to a next \
                          state." }),
        ),
        (
            json!({ "inspectionLevel": "TRACE", "input": { "b": 2 }, "variables": { "a": 1 },
                "definition": {
                    "Type": "Pass", "QueryLanguage": "JSONata", "End": true,
                    "Assign": { "sum": "{% $a + $states.input.b %}" },
                    "Output": "{% $a %}" } }),
            json!({ "status": "SUCCEEDED", "output": "1", "inspectionData": {
                "input": { "b": 2 }, "variables": { "a": 1, "sum": 3 } } }),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_mocked_failure_is_retried_then_caught() {
    let definition = task(json!({
        "Retry": [
            { "ErrorEquals": ["Other"] },
            { "ErrorEquals": ["E"], "MaxAttempts": 2, "IntervalSeconds": 3, "BackoffRate": 2.5 },
        ],
        "Catch": [{ "ErrorEquals": ["States.ALL"], "Next": "C",
            "Output": "{% $states.errorOutput.Error %}", "Assign": { "seen": true } }],
    }));
    let request = |used: u64| {
        json!({
            "definition": definition, "inspectionLevel": "DEBUG",
            "mock": { "errorOutput": { "error": "E", "cause": "c" } },
            "stateConfiguration": { "retrierRetryCount": used },
        })
    };
    let retriable = |seconds: u64| {
        json!({ "status": "RETRIABLE", "error": "E", "cause": "c", "inspectionData": {
            "input": {}, "afterArguments": { "FunctionName": "f" },
            "errorDetails": { "retryIndex": 1, "retryBackoffIntervalSeconds": seconds } } })
    };
    let caught = json!({ "status": "CAUGHT_ERROR", "error": "E", "cause": "c", "output": "\"E\"",
        "nextState": "C", "inspectionData": {
            "input": {}, "afterArguments": { "FunctionName": "f" }, "variables": { "seen": true },
            "errorDetails": { "catchIndex": 0 } } });
    check(vec![(request(0), retriable(3)), (request(1), retriable(7)), (request(2), caught)]).await;
}

#[tokio::test]
async fn the_items_of_a_map_are_shown_after_each_step() {
    let reader = |input_type: Value| {
        json!({ "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": input_type,
            "Parameters": { "Bucket": "b", "Key": "k" } })
    };
    let with_selector = map(json!({
        "ItemsPath": "$.v", "MaxConcurrencyPath": "$.most", "ToleratedFailurePercentage": 50,
        "ItemSelector": { "i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value" },
        "ItemBatcher": { "MaxItemsPerBatch": 2 },
    }));
    let input = json!({ "v": [1, 2, 3], "most": 4 });
    check(vec![
        (
            json!({ "definition": with_selector, "input": input, "inspectionLevel": "DEBUG",
                "mock": { "errorOutput": { "error": "E" } } }),
            json!({ "status": "FAILED", "error": "E", "inspectionData": {
                "input": input, "afterInputPath": input, "afterItemsPath": "[1, 2, 3]",
                "afterItemSelector":
                    r#"[{"v":1,"i":0}, {"v":2,"i":1}, {"v":3,"i":2}]"#,
                "afterItemBatcher": concat!(
                    r#"[{"Items":["{\"v\":1,\"i\":0}","{\"v\":2,\"i\":1}"]}, "#,
                    r#"{"Items":["{\"v\":3,\"i\":2}"]}]"#
                ),
                "maxConcurrency": 4, "toleratedFailurePercentage": 50.0 } }),
        ),
        (
            json!({ "definition": map(json!({ "ItemReader": reader(json!({
                    "InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW" })) })),
                "inspectionLevel": "DEBUG", "mock": { "result": ["x"] },
                "stateConfiguration": { "mapItemReaderData": "a,b\n1,2\n" } }),
            json!({ "status": "SUCCEEDED", "output": "[\"x\"]", "inspectionData": {
                "input": {}, "afterInputPath": {}, "afterItemsPath": r#"[{"a":"1","b":"2"}]"#,
                "maxConcurrency": 0, "afterResultSelector": "[\"x\"]",
                "afterResultPath": "[\"x\"]" } }),
        ),
        (
            json!({ "definition": map(json!({ "ItemsPath": "$.v",
                    "ToleratedFailurePercentage": 50 })), "input": input,
                "mock": { "result": [1, 2, 3] },
                "stateConfiguration": { "mapIterationFailureCount": 2 } }),
            json!({ "status": "FAILED", "error": "States.ExceedToleratedFailureThreshold",
                "cause": "The specified tolerated failure threshold was exceeded" }),
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_cannot_be_tested_so_is_refused() {
    let refused = |code: &str, message: &str| Value::from(format!("\"{code}\": \"{message}\""));
    let invalid = |message: &str| refused("ValidationException", message);
    let error = json!({ "errorOutput": { "error": "E" } });
    let items = json!({ "v": [1, 2] });
    let of_items = map(json!({ "ItemsPath": "$.v" }));
    let read = map(json!({ "ItemReader": {
        "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": { "InputType": "JSON" },
        "Parameters": { "Bucket": "b", "Key": "k" } } }));
    let nested = task(json!({ "Resource": "arn:aws:states:::states:startExecution.sync",
        "Arguments": { "StateMachineArn": "arn" } }));
    check(vec![
        (
            json!({ "definition": task(json!({})), "mock": {} }),
            invalid(
                "One of the following fields is required for a test mock: [result, \
                     errorOutput].",
            ),
        ),
        (
            json!({ "definition": task(json!({})), "mock": { "result": 1, "errorOutput": {} } }),
            invalid(
                "A test mock should have only one of the following fields: [result, \
                     errorOutput].",
            ),
        ),
        (
            json!({ "definition": task(json!({})), "mock": { "errorOutput": {} } }),
            invalid("An error was not specified in the mocked error output."),
        ),
        (
            json!({ "definition": task(json!({})), "roleArn": ROLE, "context": {} }),
            invalid("TestState does not support Context when a mock is not specified."),
        ),
        (
            json!({ "definition": task(json!({})), "mock": error, "context": { "State": 1 } }),
            invalid("Invalid Context object provided: Field 'State' must be an object"),
        ),
        (
            json!({ "definition": nested, "roleArn": ROLE }),
            refused(
                "InvalidDefinition",
                "TestState API does not support Activity tasks, '.sync' or '.waitForTaskToken' \
                 integration patterns",
            ),
        ),
        (
            json!({ "definition": { "StartAt": "A", "States": { "A": { "Type": "Succeed" } } },
                "stateName": "B" }),
            invalid("State not found in definition"),
        ),
        (
            json!({ "definition": of_items, "input": items, "mock": error,
                "stateConfiguration": { "errorCausedByState": "Outside" } }),
            invalid(
                "errorCausedByState must be a state inside the Map or Parallel state under test",
            ),
        ),
        (
            json!({ "definition": of_items, "input": items, "mock": { "result": [1] } }),
            invalid("Input array does not equal the mocked result array's size"),
        ),
        (
            json!({ "definition": of_items, "input": items, "mock": error,
                "stateConfiguration": { "mapIterationFailureCount": 3 } }),
            invalid(
                "Map iteration failure count must be less than or equal to the number of Map \
                     iterations",
            ),
        ),
        (
            json!({ "definition": read, "mock": error }),
            invalid(
                "ItemReader data must be specified when testing a Map state with ItemReader \
                     specified.",
            ),
        ),
        (
            json!({ "definition": { "Type": "Succeed" }, "variables": [] }),
            invalid("Variables must be a JSON object"),
        ),
        (
            json!({ "definition": { "Type": "Succeed" }, "inspectionLevel": "ALL" }),
            invalid(
                "1 validation error detected: Value 'ALL' at 'inspectionLevel' failed to satisfy \
                     constraint: Member must satisfy enum value set: [INFO, DEBUG, TRACE]",
            ),
        ),
    ])
    .await;
}

#[tokio::test]
async fn a_task_that_is_not_mocked_is_performed() {
    let mut client = Client::connect(served(AppOptions::default()).await, "test").await;
    let machine = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;
    let create = json!({ "name": "m", "definition": machine, "roleArn": ROLE });
    let (_, created) = client.call("CreateStateMachine", &create).await;
    let start = |arn: &Value| {
        let arguments = json!({ "StateMachineArn": arn, "Name": "n", "Input": { "x": 1 } });
        json!({ "roleArn": ROLE, "definition": task(json!({ "Arguments": arguments,
            "Resource": "arn:aws:states:::states:startExecution" })) })
    };
    let answer = tested(&mut client, start(&created["stateMachineArn"])).await;
    let execution = answer["output"]["ExecutionArn"].clone();
    assert_eq!(execution, "arn:aws:states:us-east-1:000000000000:execution:m:n");
    let asked = json!({ "executionArn": execution });
    let (_, described) = client.call("DescribeExecution", &asked).await;
    assert_eq!(described["input"], r#"{"x":1}"#);
    let answer = tested(&mut client, start(&json!("none"))).await;
    assert_eq!(answer["error"], "StepFunctions.StateMachineDoesNotExistException");
}

/// EventBridge, Secrets Manager and an API, in one.
async fn endpoint() -> String {
    let answer = |request: axum::extract::Request| async move {
        let target = request.headers().get("x-amz-target").map(|it| it.to_str().expect("ASCII"));
        let body = match target {
            Some("AWSEvents.DescribeConnection") => json!({
                "ConnectionArn": CONNECTION, "ConnectionState": "AUTHORIZED",
                "AuthorizationType": "API_KEY", "SecretArn": "s",
            }),
            Some(_) => {
                let added = json!({ "api_key_name": "x-key", "api_key_value": "k3y",
                    "invocation_http_parameters": {
                        "query_string_parameters": [{ "key": "s", "value": "hidden" }],
                        "body_parameters": [{ "key": "s", "value": "hidden" }],
                    } });
                json!({ "SecretString": added.to_string() })
            }
            None => return ([("x-from", "api")], "pong".to_owned()),
        };
        ([("x-from", "aws")], body.to_string())
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has ports");
    let address = listener.local_addr().expect("it is bound");
    let router = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

const CONNECTION: &str = "arn:aws:events:us-east-1:000000000000:connection/c/1";

#[tokio::test]
async fn trace_shows_the_exchange_of_an_http_task_and_reveals_secrets_when_asked_to() {
    let url = endpoint().await;
    let variables = [("AWS_ENDPOINT_URL".to_owned(), url.clone())];
    let endpoints = Endpoints::from_variables(variables).expect("it is a URL");
    let runner = Arc::new(AwsServices::new(Options { endpoints, ..Options::default() }));
    let mut client =
        Client::connect(served(AppOptions { runner, ..AppOptions::default() }).await, "test").await;
    let definition = task(json!({ "Resource": "arn:aws:states:::http:invoke", "Arguments": {
        "ApiEndpoint": format!("{url}/ping"), "Method": "POST",
        "Headers": { "X-One": "1" }, "QueryParameters": { "q": ["a", "b"] },
        "RequestBody": { "n": 1 }, "InvocationConfig": { "ConnectionArn": CONNECTION },
    }}));
    let request = |level: &str, reveals: bool| {
        json!({ "definition": definition, "roleArn": ROLE, "inspectionLevel": level,
            "revealSecrets": reveals })
    };
    let ours = "Content-Type: application/json; charset=UTF-8, \
                User-Agent: Amazon|StepFunctions|HttpInvoke|us-east-1, Range: bytes=0-262144]";
    let shown = |more: &str, headers: &str, body: Value| {
        json!({ "protocol": "http", "method": "POST", "url": format!("{url}/ping?q=a&q=b{more}"),
            "headers": format!("[X-One: 1, {headers}{ours}"), "body": body })
    };
    let traced = tested(&mut client, request("TRACE", false)).await;
    assert_eq!(traced["inspectionData"]["request"], shown("", "", json!({ "n": 1 })));
    let response = &traced["inspectionData"]["response"];
    assert_eq!(
        (&response["statusCode"], &response["statusMessage"]),
        (&json!("200"), &json!("OK"))
    );
    assert_eq!((&response["protocol"], &response["body"]), (&json!("http"), &json!("pong")));
    assert!(response["headers"].as_str().unwrap().contains("x-from: api"), "{response}");
    let revealed = tested(&mut client, request("TRACE", true)).await;
    assert_eq!(
        revealed["inspectionData"]["request"],
        shown("&s=hidden", "x-key: k3y, ", json!({ "n": 1, "s": "hidden" }))
    );
    let debugged = tested(&mut client, request("DEBUG", true)).await;
    assert!(debugged["inspectionData"].get("request").is_none());
}
