//! The lead's journey as an SDK sees it: both machines created, a lead started, the call followed.

use std::sync::Arc;

use atlas_engine::{Time, mocks::MockConfig};
use atlas_server::AppOptions;
use definitions::{CASES, MOCKS};
use serde_json::{Value, json};

use crate::client::{Client, served};

async fn create(client: &mut Client) -> Vec<Value> {
    let mut arns = Vec::new();
    for definition in definitions::local_machines() {
        let request = json!({
            "name": definition.name,
            "definition": definition.text,
            "roleArn": "arn:aws:iam::000000000000:role/r",
            "type": definition.execution_type.as_str(),
        });
        let (status, created) = client.call("CreateStateMachine", &request).await;
        assert_eq!(status, 200, "{created}");
        // A second time it is the same machine.
        assert_eq!(client.call("CreateStateMachine", &request).await, (200, created.clone()));
        arns.push(created["stateMachineArn"].clone());
    }
    arns
}

#[tokio::test]
async fn each_mock_case_runs_to_its_end_and_can_be_followed() {
    let mocks = Some(Arc::new(MockConfig::parse(MOCKS.as_bytes()).unwrap()));
    let options = AppOptions { mocks, time: Time::SkippingWaits, ..AppOptions::default() };
    let address = served(options).await;
    let mut client = Client::connect(address, "test").await;
    let arns = create(&mut client).await;
    let (lead_to_call, call) = (arns[0].as_str().unwrap(), &arns[1]);
    for (number, case) in CASES.iter().enumerate() {
        let mut lead: Value = serde_json::from_str(definitions::sample_lead(case)).unwrap();
        lead["interactionKey"] = format!("00000000-0000-4000-8000-{number:012}").into();
        let start = json!({
            "stateMachineArn": format!("{lead_to_call}#{}", case),
            "input": lead.to_string(),
        });
        let (status, ended) = client.call("StartSyncExecution", &start).await;
        assert_eq!(status, 200, "{ended}");
    }
    let mut pages = 0;
    let mut request = json!({ "stateMachineArn": call, "maxResults": 2 });
    loop {
        let (_, page) = client.call("ListExecutions", &request).await;
        pages += 1;
        for execution in page["executions"].as_array().unwrap() {
            let arn = json!({ "executionArn": execution["executionArn"] });
            let (_, described) = client.call("DescribeExecution", &arn).await;
            assert_eq!(described["status"], execution["status"]);
            let (_, history) = client.call("GetExecutionHistory", &arn).await;
            let events = history["events"].as_array().unwrap();
            assert_eq!(events[0]["type"], "ExecutionStarted");
            assert!(events.last().unwrap()["type"].as_str().unwrap().starts_with("Execution"));
            let (_, machine) = client.call("DescribeStateMachineForExecution", &arn).await;
            assert_eq!(&machine["stateMachineArn"], call);
        }
        match page.get("nextToken") {
            Some(token) => request["nextToken"] = token.clone(),
            None => break,
        }
    }
    assert!(pages > 2, "most cases start a call");
}
