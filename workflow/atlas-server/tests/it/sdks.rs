//! The lead's journey as users' own tools drive it: boto3 and the AWS CLI.

use std::{path::Path, process::Stdio, sync::Arc};

use atlas_core::Payload;
use atlas_engine::{
    mocks::MockConfig,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use atlas_server::{App, AppOptions, Guard, Token};
use definitions::{MOCKS, SAMPLE_LEAD};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::client::{served, served_behind};

/// A case in which nothing mocks the phone call.
const CASE: &str = "Called";

/// The handler that makes the call: it takes the token, and the call's end is told later.
struct Handler;

impl TaskRunner for Handler {
    fn run(&self, _call: TaskCall) -> Answering {
        let answer = json!({ "ExecutedVersion": "$LATEST", "Payload": null, "StatusCode": 200 });
        Box::pin(std::future::ready(TaskAnswer::Answered(Payload::from(answer))))
    }
}

/// The mocks of the happy path without the call itself, under another name.
fn mocks() -> MockConfig {
    let mut file: Value = serde_json::from_str(MOCKS).expect("the mock file is JSON");
    let machines = file["StateMachines"].as_object_mut().expect("it names machines");
    for (_, machine) in machines {
        let mut case = machine["TestCases"]["HappyPath"].clone();
        case.as_object_mut().expect("a case names states").remove("InvokeOutboundCall");
        machine["TestCases"][CASE] = case;
    }
    MockConfig::parse(file.to_string().as_bytes()).expect("the mock file is right")
}

async fn check(driver: &str) {
    let Some(python) = beside::peer("ATLAS_BOTO3_PYTHON") else { return };
    let options = AppOptions {
        runner: Arc::new(Handler),
        mocks: Some(Arc::new(mocks())),
        ..AppOptions::default()
    };
    let address = served(options).await;
    let mut lead: Value = serde_json::from_str(SAMPLE_LEAD).expect("the lead is JSON");
    lead["call"]["maxAttempts"] = 2.into();
    let machines: Vec<Value> = definitions::local_machines()
        .iter()
        .map(|machine| {
            json!({ "name": machine.name, "definition": machine.text,
                "type": machine.execution_type.as_str() })
        })
        .collect();
    let given = json!({ "endpoint": format!("http://{address}"), "case": CASE, "lead": lead,
        "machines": machines });
    run(&python, driver, &given).await;
}

/// A server that asks for a token, which only AWS_SESSION_TOKEN can carry.
async fn check_token(driver: &str) {
    let Some(python) = beside::peer("ATLAS_BOTO3_PYTHON") else { return };
    let token = Token::generated();
    let guard = Guard::of_loopback().with_token(&token);
    let address = served_behind(App::new(AppOptions::default()), guard).await;
    let given = json!({ "endpoint": format!("http://{address}"), "token": token.expose() });
    run(&python, driver, &given).await;
}

async fn run(python: &str, driver: &str, given: &Value) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sdk/journey.py");
    let mut journey = Command::new(python)
        .arg(script)
        .arg(driver)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("ATLAS_BOTO3_PYTHON={python} cannot be run: {error}"));
    let mut stdin = journey.stdin.take().expect("it is piped");
    stdin.write_all(given.to_string().as_bytes()).await.expect("the script reads");
    drop(stdin);
    let ended = journey.wait_with_output().await.expect("the script ends");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[tokio::test]
async fn boto3_drives_a_call_from_its_start_to_its_end() {
    check("boto3").await;
}

#[tokio::test]
async fn the_aws_cli_drives_a_call_from_its_start_to_its_end() {
    check("cli").await;
}

#[tokio::test]
async fn boto3_shows_the_token_of_its_session() {
    check_token("boto3").await;
}

#[tokio::test]
async fn the_aws_cli_shows_the_token_of_its_session() {
    check_token("cli").await;
}
