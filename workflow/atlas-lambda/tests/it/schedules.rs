//! Schedules, on the paused clock.

use std::{sync::Arc, time::Duration};

use atlas_engine::Place;
use atlas_lambda::{FunctionError, FunctionSettings, Invocation, Schedule};
use serde_json::{Value, json};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};

use super::host::in_process;

fn schedule() -> Schedule {
    let rate = "rate(5 minutes)".parse().unwrap();
    Schedule::new("F".parse().unwrap(), Place::default(), "Sweep", rate)
}

#[tokio::test(start_paused = true)]
async fn a_schedule_invokes_at_its_rate() {
    let began = Instant::now();
    let (tell, mut told) = mpsc::unbounded_channel();
    let functions = in_process(FunctionSettings::default(), move |invocation: Invocation| {
        tell.send((began.elapsed().as_secs(), invocation.payload.value().clone())).unwrap();
        std::future::ready(Ok(Value::Null.into()))
    });
    let running = schedule().start(functions);
    for expected in [300, 600, 900] {
        let (seconds, event) = told.recv().await.unwrap();
        assert_eq!(seconds, expected);
        assert_eq!(event["detail-type"], "Scheduled Event");
        assert_eq!(event["source"], "aws.events");
        let rule = "arn:aws:events:us-east-1:000000000000:rule/Sweep";
        assert_eq!(event["resources"], json!([rule]));
    }
    running.stop().await;
    let next = tokio::time::timeout(Duration::from_secs(3_600), told.recv()).await;
    assert!(matches!(next, Ok(None) | Err(_)), "a schedule that is stopped invokes nothing");
}

#[tokio::test(start_paused = true)]
async fn an_invocation_in_flight_is_finished_before_a_schedule_stops() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let gate = Arc::new(Notify::new());
    let functions = in_process(FunctionSettings::default(), {
        let gate = Arc::clone(&gate);
        move |_: Invocation| {
            tell.send(()).unwrap();
            let gate = Arc::clone(&gate);
            async move {
                gate.notified().await;
                Err(FunctionError::new("Store.Unavailable", "no"))
            }
        }
    });
    let (ended, mut end) = mpsc::unbounded_channel();
    let observer = Arc::new(move |outcome: Result<(), _>| {
        let _gone = ended.send(outcome.is_ok());
    });
    let running = Schedule { observer, ..schedule() }.start(functions);
    told.recv().await.unwrap();
    let stopping = tokio::spawn(running.stop());
    tokio::task::yield_now().await;
    assert!(!stopping.is_finished());
    gate.notify_one();
    stopping.await.unwrap();
    // The retry that a failed event would have is called off.
    assert_eq!(end.recv().await, Some(false));
    assert!(told.try_recv().is_err());
}
