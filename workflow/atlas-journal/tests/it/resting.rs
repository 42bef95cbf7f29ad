//! Executions that wait or have ended leave memory, and whoever asks for one finds it as it was.

use atlas_core::{Payload, history::HistoryEvent};
use atlas_engine::{
    Limits, StartRequest, Time,
    archive::{Listing, Of, Status, Statuses},
};
use serde_json::{Value, json};

use crate::harness::{Process, folder};

const CALLBACK: &str = "arn:aws:states:::lambda:invoke.waitForTaskToken";
const CHILD: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:Child";

/// Nothing stays in memory that need not.
fn at_once() -> Limits {
    Limits { idle: 0, ..Limits::default() }
}

fn asks() -> Value {
    json!({"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "Resource": CALLBACK, "End": true,
        "TimeoutSeconds": 86_400, "Parameters": {"Token.$": "$$.Task.Token"}}}})
}

fn shown(history: &[HistoryEvent]) -> Vec<Value> {
    history.iter().map(|event| event.to_json(json!(null))).collect()
}

fn listed(process: &Process, of: Of<'_>, status: Option<Status>) -> Vec<String> {
    let statuses = status.map_or(Statuses::ALL, Statuses::from);
    let listing = Listing { statuses, ..Listing::of(of, 100) };
    let listed = process.engine.list(&listing).unwrap().executions;
    listed.iter().map(|one| one.identity.execution_name.to_string()).collect()
}

#[tokio::test]
async fn an_execution_that_waits_leaves_memory_and_its_token_brings_it_back() {
    let process = Process::with_limits(&folder("resting-token"), at_once());
    process.create("M", &asks());
    let arn = process.start_execution("M", "e", Time::Real).execution_arn;
    let token = process.token(0).await;
    process.memory_holds(0).await;

    assert_eq!(listed(&process, Of::Place, Some(Status::Running)), ["e"]);
    let history = shown(&process.engine.history(&arn).unwrap());
    assert_eq!(history.len(), 5, "{history:?}");
    assert_eq!(process.engine.executions().len(), 1);
    process.memory_holds(0).await;
    assert_eq!(shown(&process.engine.history(&arn).unwrap()), history);
    process.memory_holds(0).await;

    process.engine.send_task_heartbeat(&token).unwrap();
    process.engine.send_task_success(&token, "7").unwrap();
    assert_eq!(process.engine.wait(&arn).await.unwrap().status(), "SUCCEEDED");
    process.memory_holds(0).await;
    // The service was asked once.
    assert_eq!(process.service.calls().len(), 1);
    let late = process.engine.send_task_success(&token, "8").unwrap_err();
    assert!(late.to_string().starts_with("Task Timed Out"), "{late}");
    let forged = process.engine.send_task_success("forged", "8").unwrap_err();
    assert!(forged.to_string().starts_with("Invalid Token"), "{forged}");
    assert_eq!(listed(&process, Of::Place, Some(Status::Running)), [""; 0]);
    assert_eq!(listed(&process, Of::Place, None), ["e"]);
}

#[tokio::test]
async fn a_name_is_known_though_its_execution_left_memory() {
    let process = Process::with_limits(&folder("resting-name"), at_once());
    process.create("M", &asks());
    let first = process.start_execution("M", "e", Time::Real);
    let token = process.token(0).await;
    process.memory_holds(0).await;
    let again = process.start_execution("M", "e", Time::Real);
    assert_eq!(again.execution_arn, first.execution_arn);
    assert_eq!(again.started_at, first.started_at);
    process.engine.send_task_success(&token, "7").unwrap();
    process.memory_holds(0).await;
    let refused = process.try_to_start("M", "e", Time::Real).unwrap_err();
    assert!(refused.to_string().starts_with("Execution Already Exists"), "{refused}");
    assert_eq!(process.service.calls().len(), 1);
}

#[tokio::test]
async fn a_wait_that_is_over_brings_its_execution_back() {
    let process = Process::with_limits(&folder("resting-wait"), at_once());
    let wait = json!({"StartAt": "Sleep", "States": {
        "Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}});
    process.create("M", &wait);
    let arn = process.start_execution("M", "e", Time::Real).execution_arn;
    process.memory_holds(0).await;
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(3_601)).await;
    tokio::time::resume();
    process.ends(&arn).await;
    assert_eq!(process.engine.describe(&arn).unwrap().status(), "SUCCEEDED");
}

#[tokio::test]
async fn parents_and_children_rest_apart_and_find_each_other() {
    let process = Process::with_limits(&folder("resting-nested"), at_once());
    process.create("Child", &asks());
    process.create(
        "Parent",
        &json!({"StartAt": "Start", "States": {"Start": {"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {"StateMachineArn": CHILD, "Input": {}}}}}),
    );
    let parent = process.start_execution("Parent", "p", Time::Real).execution_arn;
    let token = process.token(0).await;
    process.memory_holds(0).await;
    process.engine.send_task_success(&token, r#"{"answer": 42}"#).unwrap();
    process.ends(&parent).await;
    assert_eq!(process.engine.describe(&parent).unwrap().status(), "SUCCEEDED");

    // And the other way: whoever stops the parent stops the child.
    let parent = process.start_execution("Parent", "q", Time::Real).execution_arn;
    process.token(1).await;
    process.memory_holds(0).await;
    process.engine.stop(&parent, None, None).unwrap();
    process.engine.settled().await.unwrap();
    assert_eq!(listed(&process, Of::Arn(CHILD), Some(Status::Running)), [""; 0]);
    assert_eq!(listed(&process, Of::Arn(CHILD), Some(Status::Aborted)).len(), 1);
    assert_eq!(listed(&process, Of::Arn(CHILD), Some(Status::Succeeded)).len(), 1);
}

#[tokio::test]
async fn those_that_rest_outlive_the_process_without_being_read() {
    const COUNT: usize = 50;
    let folder = folder("resting-restart");
    let first = Process::with_limits(&folder, at_once());
    first.create("M", &asks());
    let mut tokens = Vec::new();
    for number in 0..COUNT {
        first.start_execution("M", &format!("e{number}"), Time::Real);
        tokens.push(first.token(number).await);
    }
    first.memory_holds(0).await;
    drop(first);

    let second = Process::with_limits(&folder, at_once());
    assert_eq!((second.going_on, second.engine.executions().len()), (COUNT, 0));
    for token in &tokens {
        second.engine.send_task_success(token, "1").unwrap();
    }
    second.engine.settled().await.unwrap();
    assert_eq!(listed(&second, Of::Place, Some(Status::Succeeded)).len(), COUNT);
    assert_eq!(second.service.calls().len(), 0);
}

#[tokio::test]
async fn executions_are_found_by_what_their_documents_name() {
    let process = Process::with_limits(&folder("resting-keys"), at_once());
    process.create("M", &asks());
    let arn = process.start_execution("M", "e", Time::Real).execution_arn;
    let token = process.token(0).await;
    process.start_execution("M", "other", Time::Real);
    process.engine.send_task_success(&token, r#"{"call": {"contactId": "c-1"}}"#).unwrap();
    process.engine.wait(&arn).await.unwrap();
    assert_eq!(listed(&process, Of::Key("c-1"), None), ["e"]);
    assert_eq!(listed(&process, Of::Key("c-1"), Some(Status::Running)), [""; 0]);
    assert_eq!(listed(&process, Of::Key("c-2"), None), [""; 0]);
}

#[tokio::test]
async fn a_redrive_brings_back_what_failed_and_is_asked_for_once() {
    let folder = folder("resting-redrive");
    let first = Process::with_limits(&folder, at_once());
    first.create("M", &asks());
    let arn = first.start_execution("M", "e", Time::Real).execution_arn;
    let token = first.token(0).await;
    first.engine.send_task_failure(&token, Some("Busy".to_owned()), None).unwrap();
    first.memory_holds(0).await;
    assert_eq!(listed(&first, Of::Place, Some(Status::Failed)), ["e"]);
    let redriven_at = first.engine.redrive(&arn, Some("once")).unwrap();
    let token = first.token(1).await;
    first.memory_holds(0).await;
    assert_eq!(listed(&first, Of::Place, Some(Status::Failed)), [""; 0]);
    drop(first);

    let second = Process::with_limits(&folder, at_once());
    assert_eq!(second.engine.redrive(&arn, Some("once")).unwrap(), redriven_at);
    second.engine.send_task_success(&token, "1").unwrap();
    assert_eq!(second.engine.wait(&arn).await.unwrap().status(), "SUCCEEDED");
    assert_eq!(second.engine.describe(&arn).unwrap().redrives, [redriven_at]);
}

#[tokio::test]
async fn what_ended_long_ago_is_forgotten_and_its_name_is_free() {
    let process = Process::with_limits(&folder("resting-forgotten"), at_once());
    process.create("M", &asks());
    process.start_execution("M", "running", Time::Real);
    process.token(0).await;
    let arn = process.start_execution("M", "over", Time::Real).execution_arn;
    let token = process.token(1).await;
    process.engine.send_task_success(&token, r#"{"leadId": "00Q"}"#).unwrap();
    process.memory_holds(0).await;
    let ended_at = process.engine.describe(&arn).unwrap().ended_at.unwrap();
    process.memory_holds(0).await;

    assert_eq!(process.store.forget_ended_before(ended_at).await.unwrap(), 0);
    assert_eq!(process.store.forget_ended_before(ended_at.plus_millis(1)).await.unwrap(), 1);
    process.engine.settled().await.unwrap();
    assert_eq!(process.store.forget_ended_before(ended_at.plus_millis(1)).await.unwrap(), 0);
    assert_eq!(listed(&process, Of::Place, None), ["running"]);
    assert_eq!(listed(&process, Of::Key("00Q"), None), [""; 0]);
    assert!(process.engine.describe(&arn).is_err());
    let refused = process.engine.send_task_success(&token, "1").unwrap_err();
    assert!(refused.to_string().starts_with("Task does not exist"), "{refused}");
    let again = process.start_execution("M", "over", Time::Real).execution_arn;
    assert_eq!(again, arn);
    process.engine.settled().await.unwrap();
    assert_eq!(listed(&process, Of::Place, None), ["over", "running"]);
}

#[tokio::test]
async fn a_parent_waits_for_its_child_though_the_childs_machine_is_gone() {
    let process = Process::with_limits(&folder("resting-gone"), at_once());
    process.create("Child", &asks());
    process.create(
        "Parent",
        &json!({"StartAt": "Start", "States": {"Start": {"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": CHILD, "Input": {}}}}}),
    );
    let parent = process.start_execution("Parent", "p", Time::Real).execution_arn;
    let token = process.token(0).await;
    process.memory_holds(0).await;
    process.engine.delete_state_machine(CHILD).unwrap();
    process.engine.describe(&parent).unwrap();
    process.memory_holds(0).await;
    assert_eq!(process.engine.describe(&parent).unwrap().status(), "RUNNING");
    process.engine.send_task_success(&token, "1").unwrap();
    process.ends(&parent).await;
    assert_eq!(process.engine.describe(&parent).unwrap().status(), "SUCCEEDED");
}

#[tokio::test]
async fn tasks_that_no_worker_has_taken_wait_on_the_disk_in_their_order() {
    const COUNT: usize = 20;
    let folder = folder("resting-activity");
    let first = Process::with_limits(&folder, at_once());
    let activity = first.engine.create_activity("work").unwrap().arn;
    first.create(
        "M",
        &json!({"StartAt": "Work", "States": {"Work": {"Type": "Task", "Resource": &*activity,
            "Parameters": {"name.$": "$$.Execution.Name"}, "End": true}}}),
    );
    for number in 0..COUNT {
        first.start_execution("M", &format!("e{number:02}"), Time::Real);
    }
    let given_up = "arn:aws:states:us-east-1:000000000000:execution:M:e03";
    first.memory_holds(0).await;
    first.engine.stop(given_up, None, None).unwrap();
    first.memory_holds(0).await;
    let mut done = Vec::new();
    let take = async |process: &Process| {
        let task = process.engine.get_activity_task(&activity, None).await.unwrap().unwrap();
        process.engine.send_task_heartbeat(task.token.expose()).unwrap();
        process.engine.send_task_success(task.token.expose(), "1").unwrap();
        task.input.value()["name"].as_str().unwrap().to_owned()
    };
    for _ in 0..5 {
        done.push(take(&first).await);
    }
    first.memory_holds(0).await;
    drop(first);

    let second = Process::with_limits(&folder, at_once());
    assert_eq!((second.going_on, second.engine.executions().len()), (COUNT - 6, 0));
    for _ in 6..COUNT {
        done.push(take(&second).await);
    }
    let expected: Vec<String> =
        (0..COUNT).filter(|number| *number != 3).map(|number| format!("e{number:02}")).collect();
    assert_eq!(done, expected);
    second.engine.settled().await.unwrap();
    assert_eq!(listed(&second, Of::Place, Some(Status::Running)), [""; 0]);
    assert_eq!(listed(&second, Of::Place, Some(Status::Succeeded)).len(), COUNT - 1);
}

#[tokio::test]
async fn an_execution_that_was_forgotten_while_somebody_looked_at_it_is_not_redriven() {
    let process = Process::start(&folder("resting-forgotten-redrive"));
    process.create("M", &asks());
    let arn = process.start_execution("M", "e", Time::Real).execution_arn;
    let token = process.token(0).await;
    process.engine.send_task_failure(&token, None, None).unwrap();
    process.engine.settled().await.unwrap();
    let ended_at = process.engine.describe(&arn).unwrap().ended_at.unwrap();
    assert_eq!(process.store.forget_ended_before(ended_at.plus_millis(1)).await.unwrap(), 1);
    // It is still in memory.
    let refused = process.engine.redrive(&arn, None).unwrap_err();
    assert!(refused.to_string().starts_with("Execution Does Not Exist"), "{refused}");
    process.engine.settled().await.unwrap();
    assert_eq!(listed(&process, Of::Place, None), [""; 0]);
}

#[tokio::test]
async fn children_of_a_map_run_find_it_again_whoever_comes_back_first() {
    const COUNT: usize = 4;
    let folder = folder("resting-map-run");
    let first = Process::with_limits(&folder, at_once());
    first.create(
        "M",
        &json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "Label": "L", "End": true,
            "ItemsPath": "$.items", "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Ask", "States": asks()["States"]}}}}),
    );
    let items: Vec<usize> = (0..COUNT).collect();
    let request = StartRequest {
        state_machine: "M".to_owned(),
        name: Some("e".to_owned()),
        input: Payload::from(json!({"items": items})),
        case: None,
        time: Time::Real,
    };
    let arn = first.engine.start(request).unwrap().execution_arn;
    let mut tokens = Vec::new();
    for call in 0..COUNT {
        tokens.push(first.token(call).await);
    }
    // One of them ends before the process does.
    first.engine.send_task_success(&tokens.remove(0), "0").unwrap();
    first.engine.settled().await.unwrap();
    let map_run = first.engine.map_runs(&arn).unwrap().remove(0).arn;
    drop(first);

    let second = Process::with_limits(&folder, at_once());
    assert_eq!(second.going_on, COUNT);
    for token in &tokens {
        second.engine.send_task_success(token, "1").unwrap();
    }
    second.ends(&arn).await;
    second.engine.settled().await.unwrap();
    assert_eq!(second.engine.describe(&arn).unwrap().status(), "SUCCEEDED");
    second.memory_holds(0).await;
    // Found by its ARN alone.
    let (run, of) = second.engine.map_run(&map_run).unwrap();
    assert_eq!((run.executions.succeeded, of), (COUNT as u64, arn));
    assert_eq!(listed(&second, Of::Arn(&map_run), Some(Status::Succeeded)).len(), COUNT);
    assert_eq!(second.service.calls().len(), 0);
}
