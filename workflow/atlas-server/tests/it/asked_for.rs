//! What a user asks for beyond AWS: skipped waits for one machine or one request, and a mock file that
//! is read again.

use std::{env, fs, process};

use atlas_engine::Time;
use atlas_server::AppOptions;
use serde_json::{Value, json};

use crate::client::{Client, served};

const ROLE: &str = "arn:aws:iam::000000000000:role/r";
const HEADER: &str = "x-atlas-skip-waits";

async fn create(client: &mut Client, name: &str, kind: &str, state: Value, tags: Value) -> Value {
    let definition = json!({ "StartAt": "S", "States": { "S": state } });
    let request = json!({ "name": name, "type": kind, "roleArn": ROLE, "tags": tags,
        "definition": definition.to_string() });
    let (status, created) = client.call("CreateStateMachine", &request).await;
    assert_eq!(status, 200, "{created}");
    created["stateMachineArn"].clone()
}

/// Starts an execution of a machine that waits for a day, and says whether it has ended.
async fn skips(server: Time, tag: Option<&str>, header: Option<&str>) -> bool {
    let address = served(AppOptions { time: server, ..AppOptions::default() }).await;
    let mut client = Client::connect(address, "test").await;
    let tags: Value =
        tag.map(|value| json!({ "key": "atlas:skip-waits", "value": value })).into_iter().collect();
    let wait = json!({ "Type": "Wait", "Seconds": 86_400, "End": true });
    let arn = create(&mut client, "m", "STANDARD", wait, tags).await;
    if let Some(value) = header {
        client.always_send(HEADER, value);
    }
    let (_, started) = client.call("StartExecution", &json!({ "stateMachineArn": arn })).await;
    let asked = json!({ "executionArn": started["executionArn"] });
    let (_, described) = client.call("DescribeExecution", &asked).await;
    described["status"] == "SUCCEEDED"
}

#[tokio::test]
async fn the_request_then_the_machine_then_the_server_says_whether_waits_are_skipped() {
    use Time::{Real, SkippingWaits};
    for (server, tag, header, expected) in [
        (Real, None, None, false),
        (SkippingWaits, None, None, true),
        (Real, Some("true"), None, true),
        (SkippingWaits, Some("false"), None, false),
        (Real, Some("perhaps"), None, false),
        (Real, None, Some("true"), true),
        (Real, Some("true"), Some("false"), false),
        (SkippingWaits, Some("false"), Some("true"), true),
        (SkippingWaits, None, Some("1"), true),
    ] {
        let skipped = skips(server, tag, header).await;
        assert_eq!(skipped, expected, "{server:?} {tag:?} {header:?}");
    }
}

fn mocks(machine: &str, answer: u32) -> String {
    json!({
        "StateMachines": { machine: { "TestCases": { "Case": { "S": "Answer" } } } },
        "MockedResponses": { "Answer": { "0": { "Return": answer } } },
    })
    .to_string()
}

#[tokio::test]
async fn a_mock_file_that_has_changed_is_read_again_and_what_is_wrong_with_it_is_said() {
    let path = env::temp_dir().join(format!("atlas-reread-{}.json", process::id()));
    fs::write(&path, mocks("m", 1)).unwrap();
    let options = AppOptions { mock_file: Some(path.clone()), ..AppOptions::default() };
    let mut client = Client::connect(served(options).await, "test").await;
    let task = json!({ "Type": "Task", "End": true, "Parameters": { "FunctionName": "f" },
        "Resource": "arn:aws:states:::lambda:invoke" });
    let arn = create(&mut client, "m", "EXPRESS", task, json!([])).await;
    let pass = json!({ "Type": "Pass", "End": true });
    let passes = create(&mut client, "passes", "EXPRESS", pass, json!([])).await;
    let start = |arn: &Value| json!({ "stateMachineArn": format!("{}#Case", arn.as_str().unwrap_or_default()) });
    for (text, machine, status, expected) in [
        (mocks("m", 1), &arn, 200, "1"),
        (mocks("m", 2), &arn, 200, "2"),
        ("{".to_owned(), &arn, 400, "cannot be used"),
        (mocks("m", 3), &arn, 200, "3"),
        (mocks("other", 3), &arn, 400, "no test cases for state machine `m`"),
        // A state that was made before the file mocked it cannot be mocked either.
        (mocks("passes", 4), &passes, 400, "only Task states can be mocked"),
    ] {
        fs::write(&path, &text).unwrap();
        let (found, answer) = client.call("StartSyncExecution", &start(machine)).await;
        let told = if found == 200 { &answer["output"] } else { &answer["message"] };
        let told = told.as_str().unwrap_or_default();
        assert!(found == status && told.contains(expected), "{text}: {answer}");
    }
    fs::remove_file(&path).unwrap();
    let (status, answer) = client.call("StartSyncExecution", &start(&arn)).await;
    assert!(status == 400 && answer.to_string().contains("cannot be read"), "{answer}");
}
