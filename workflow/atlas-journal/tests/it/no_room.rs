//! Where there is no room any more: what is new is refused, and what runs goes on, with all that it starts.

use atlas_asl::model::ExecutionType;
use atlas_core::Payload;
use atlas_engine::{StartRequest, Time};
use atlas_journal::Disk;
use serde_json::json;

use crate::harness::{Process, folder};

const ROOM: u64 = 2_000_000;

#[tokio::test]
async fn an_execution_that_starts_another_while_there_is_no_room_waits_with_it() {
    let folder = folder("no-room");
    let process = Process::start_on(&folder, Disk::default().with_room_for(ROOM));
    process.create(
        "Child",
        &json!({"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 60, "End": true}}}),
    );
    let child = "arn:aws:states:us-east-1:000000000000:stateMachine:Child";
    process.create(
        "Parent",
        &json!({"StartAt": "Ask", "States": {
            "Ask": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"Token.$": "$$.Task.Token"}, "Next": "Start"},
            "Start": {"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync:2",
                "Parameters": {"StateMachineArn": child, "Input": {}}, "End": true}}}),
    );
    let parent = process.start_execution("Parent", "p", Time::Real).execution_arn;
    process.settle(1).await;
    let token = process.service.calls()[0]["Token"].as_str().unwrap().to_owned();
    let fill = |number: u32| {
        let input = Payload::parse(&*json!("x".repeat(200_000)).to_string()).unwrap();
        process.engine.start(StartRequest {
            state_machine: "Child".to_owned(),
            name: Some(format!("filler-{number}")),
            input,
            case: None,
            time: Time::Real,
        })
    };
    for number in 0.. {
        if fill(number).is_err() || process.engine.settled().await.is_err() {
            break;
        }
    }
    let refused = process.engine.create_state_machine(
        "New",
        ExecutionType::Standard,
        &atlas_asl::parse::parse(r#"{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}"#)
            .machine
            .unwrap(),
    );
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("limit of 2000000 bytes"), "{refused}");

    process.engine.send_task_success(&token, "{}").unwrap();
    assert_eq!(process.engine.describe(&parent).unwrap().status(), "RUNNING");
    let started = process.engine.executions().into_iter();
    let started: Vec<_> = started.filter(|it| !it.name.starts_with("filler")).collect();
    let names: Vec<_> = started.iter().map(|it| (&*it.state_machine_name, it.status())).collect();
    assert_eq!(names, [("Parent", "RUNNING"), ("Child", "RUNNING")]);
}
