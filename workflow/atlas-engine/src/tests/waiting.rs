//! Many executions that wait at once, from many threads, without a task each.

use serde_json::json;

use super::{create, only, options, request};
use crate::{Engine, StartRequest, Time};

#[tokio::test(start_paused = true)]
async fn ten_thousand_executions_wait_and_all_go_on() {
    const COUNT: u32 = 10_000;
    let engine = Engine::new(options());
    create(&engine, "M", &only(json!({"Type": "Wait", "Seconds": 1000, "End": true})));
    let tasks_before = tokio::runtime::Handle::current().metrics().num_alive_tasks();
    for number in 0..COUNT {
        let name = Some(format!("e{number}"));
        engine.start(StartRequest { name, time: Time::Real, ..request("M") }).unwrap();
    }
    assert_eq!(tokio::runtime::Handle::current().metrics().num_alive_tasks(), tasks_before);
    let statuses = |engine: &Engine| {
        let all = engine.executions();
        (all.len(), all.iter().filter(|one| one.status() == "RUNNING").count())
    };
    assert_eq!(statuses(&engine), (10_000, 10_000));
    let last = "arn:aws:states:us-east-1:000000000000:execution:M:e9999";
    engine.wait(last).await.unwrap();
    tokio::time::advance(std::time::Duration::from_secs(10)).await;
    tokio::task::yield_now().await;
    assert_eq!(statuses(&engine), (10_000, 0));
}

#[tokio::test(start_paused = true)]
async fn what_waits_says_until_when() {
    let engine = Engine::new(options());
    create(&engine, "M", &only(json!({"Type": "Wait", "Seconds": 1000, "End": true})));
    let started =
        engine.start(StartRequest { time: Time::Real, ..request("M") }).unwrap().execution_arn;
    let until = engine.next_timer(&started).unwrap().unwrap();
    assert_eq!(until.millis_since(engine.describe(&started).unwrap().started_at), 1_000_000);
    assert!(engine.now() < until);
    engine.wait(&started).await.unwrap();
    assert_eq!(engine.next_timer(&started).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_threads_start_and_end_executions_at_once() {
    let engine = Engine::new(options());
    create(&engine, "Child", &only(json!({"Type": "Wait", "Seconds": 86_400, "End": true})));
    let machine = "arn:aws:states:us-east-1:000000000000:stateMachine:Child";
    create(
        &engine,
        "M",
        &only(json!({"Type": "Task", "Resource": "arn:aws:states:::states:startExecution.sync",
            "Parameters": {"StateMachineArn": machine}, "End": true})),
    );
    let mut threads = Vec::new();
    for thread in 0..8 {
        let engine = engine.clone();
        threads.push(tokio::task::spawn_blocking(move || {
            for number in 0..100 {
                let name = Some(format!("e{thread}-{number}"));
                // Half of them are stopped, with their children; half skip the day.
                let time = if number % 2 == 0 { Time::Real } else { Time::SkippingWaits };
                let started = engine.start(StartRequest { name, time, ..request("M") }).unwrap();
                if time == Time::Real {
                    engine.stop(&started.execution_arn, None, None).unwrap();
                }
            }
        }));
    }
    for thread in threads {
        thread.await.unwrap();
    }
    let all = engine.executions();
    let count = |status: &str| all.iter().filter(|one| one.status() == status).count();
    assert_eq!((all.len(), count("SUCCEEDED"), count("ABORTED")), (1600, 800, 800));
}
