//! Executions that wait, that ended, that started others: each is there again and ends as it would have.

use atlas_engine::{Time, mocks::MockConfig};
use serde_json::json;

use crate::harness::{Process, folder};

const CALLBACK: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";

#[tokio::test]
async fn a_token_that_was_handed_out_before_the_end_of_the_process_still_works() {
    let folder = folder("token");
    let first = Process::start(&folder);
    first.create(
        "M",
        &json!({"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": CALLBACK,
            "Parameters": {"Token.$": "$$.Task.Token"}, "End": true}}}),
    );
    let arn = first.start_execution("M", "e", Time::Real).execution_arn;
    first.settle(1).await;
    let token = first.service.calls()[0]["Token"].as_str().unwrap().to_owned();
    let history = first.engine.history(&arn).unwrap();
    drop(first);

    let second = Process::start(&folder);
    assert_eq!(second.going_on, 1);
    let known = second.engine.describe(&arn).unwrap();
    assert_eq!((known.status(), known.input.text()), ("RUNNING", r#"{"a": 1.50}"#));
    let shown = |history: &[atlas_core::history::HistoryEvent]| -> Vec<serde_json::Value> {
        history.iter().map(|event| event.to_json(json!(null))).collect()
    };
    assert_eq!(shown(&second.engine.history(&arn).unwrap()), shown(&history));
    second.engine.send_task_success(&token, "7").unwrap();
    let outcome = second.engine.wait(&arn).await.unwrap();
    assert_eq!(outcome.status(), "SUCCEEDED");
    // The request had been taken: nobody was asked twice.
    assert_eq!(second.service.calls().len(), 0);
    drop(second);

    let third = Process::start(&folder);
    assert_eq!(third.going_on, 0);
    assert_eq!(third.engine.describe(&arn).unwrap().status(), "SUCCEEDED");
    assert!(third.engine.send_task_success(&token, "8").is_err());
}

#[tokio::test]
async fn parents_and_children_find_each_other_again() {
    let folder = folder("nested");
    let child = "arn:aws:states:us-east-1:000000000000:stateMachine:Child";
    let first = Process::start(&folder);
    first.create(
        "Child",
        &json!({"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": CALLBACK,
            "Parameters": {"Token.$": "$$.Task.Token"}, "End": true}}}),
    );
    first.create(
        "Parent",
        &json!({"StartAt": "Start", "States": {"Start": {"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": child, "Input": {}}}}}),
    );
    let arn = first.start_execution("Parent", "p", Time::Real).execution_arn;
    first.settle(1).await;
    let token = first.service.calls()[0]["Token"].as_str().unwrap().to_owned();
    drop(first);

    let second = Process::start(&folder);
    assert_eq!(second.going_on, 2);
    second.engine.send_task_success(&token, r#"{"answer": 42}"#).unwrap();
    let outcome = second.engine.wait(&arn).await.unwrap();
    assert_eq!(outcome.status(), "SUCCEEDED");
    assert_eq!(second.engine.executions().len(), 2);
    drop(second);

    // The child ended before its parent came back.
    let third = Process::start(&folder);
    assert_eq!(third.going_on, 0);
    assert_eq!(third.engine.describe(&arn).unwrap().status(), "SUCCEEDED");
}

#[tokio::test]
async fn a_wait_goes_on_where_it_was() {
    let folder = folder("wait");
    let first = Process::start(&folder);
    first.create(
        "M",
        &json!({"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}),
    );
    let arn = first.start_execution("M", "e", Time::Real).execution_arn;
    first.settle(0).await;
    drop(first);

    let second = Process::start(&folder);
    assert_eq!(second.going_on, 1);
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let outcome = second.engine.wait(&arn).await.unwrap();
    assert_eq!(outcome.status(), "SUCCEEDED");
    // What was left of the hour: the clock of the machine went on between the two processes.
    let description = second.engine.describe(&arn).unwrap();
    let took = description.ended_at.unwrap().millis_since(description.started_at);
    assert!((3_600_000..3_601_000).contains(&took), "{took}");
    assert!(began.elapsed().as_secs() >= 3500);
}

#[tokio::test]
async fn an_execution_keeps_the_machine_that_it_began_with_and_machines_their_versions() {
    let folder = folder("revisions");
    let machine = |result: u32| {
        json!({"StartAt": "Ask", "States": {
            "Ask": {"Type": "Task", "Resource": CALLBACK,
                "Parameters": {"Token.$": "$$.Task.Token"}, "Next": "Say"},
            "Say": {"Type": "Pass", "Result": result, "End": true}}})
    };
    let first = Process::start(&folder);
    first.create("M", &machine(1));
    let arn = first.start_execution("M", "old", Time::Real).execution_arn;
    let m = first.engine.state_machine("M").unwrap().arn.to_string();
    first.engine.publish_version(&m, None, Some("the first")).unwrap();
    let text = machine(2).to_string();
    let parsed = atlas_asl::parse::parse(&text).machine.unwrap();
    let update = atlas_engine::MachineUpdate {
        definition: Some((&parsed, &text)),
        ..atlas_engine::MachineUpdate::default()
    };
    let revision = first.engine.update_state_machine(&m, &update).unwrap().revision_id.clone();
    first.settle(1).await;
    let token = first.service.calls()[0]["Token"].as_str().unwrap().to_owned();
    drop(first);

    let second = Process::start(&folder);
    second.engine.send_task_success(&token, "{}").unwrap();
    let outcome = second.engine.wait(&arn).await.unwrap();
    assert!(format!("{outcome:?}").contains('1'), "{outcome:?}");
    assert_eq!(second.engine.state_machine("M").unwrap().revision_id, revision);
    let versions = second.engine.versions(&m).unwrap();
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0].description.as_deref(), Some("the first"));
    // The number of a version is not used again.
    assert_eq!(second.engine.publish_version(&m, None, None).unwrap().number, 2);
    second.engine.delete_state_machine(&m).unwrap();
    second.settle(0).await;
    drop(second);

    let third = Process::start(&folder);
    assert!(third.engine.state_machine("M").is_err());
    assert_eq!(third.engine.describe(&arn).unwrap().status(), "SUCCEEDED");
}

#[tokio::test]
async fn an_execution_whose_test_case_is_gone_stays_as_it_is_and_the_others_go_on() {
    let folder = folder("case-gone");
    let mocks = json!({"StateMachines": {"M": {"TestCases": {"C": {}}}}, "MockedResponses": {}});
    let first = Process::start(&folder);
    first.engine.use_mocks(MockConfig::parse(mocks.to_string().as_bytes()).unwrap().into());
    let asks = json!({"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": CALLBACK,
        "Parameters": {"Token.$": "$$.Task.Token"}, "End": true}}});
    first.create("M", &asks);
    let arn = first.start_execution("M#C", "mocked", Time::Real).execution_arn;
    first.start_execution("M", "real", Time::Real);
    first.settle(2).await;
    drop(first);

    for _ in 0..2 {
        let second = Process::start(&folder);
        assert_eq!(second.going_on, 1);
        let (left, reason) = &second.left[0];
        assert_eq!(*left, arn);
        assert!(reason.contains("`C`"), "{reason}");
    }
}
