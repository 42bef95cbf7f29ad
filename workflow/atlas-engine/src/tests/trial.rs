//! What a state that is tried by itself does with time.

use std::sync::Arc;

use atlas_asl::parse::parse;
use atlas_core::{
    Failure, Payload,
    trial::{Ending, Report},
};
use tokio::time::Instant;

use crate::{
    Engine, EngineOptions, StateTrial, Time,
    runner::{Answering, TaskCall, TaskRunner},
};

/// Never answers.
struct Silence;

impl TaskRunner for Silence {
    fn run(&self, _call: TaskCall) -> Answering {
        Box::pin(std::future::pending())
    }
}

async fn tried(state: &str, time: Time) -> (Report, u64) {
    let text = format!(r#"{{"StartAt": "S", "States": {{"S": {state}}}}}"#);
    let definition = parse(&text).machine.expect("it is a machine");
    let engine =
        Engine::new(EngineOptions { runner: Arc::new(Silence), ..EngineOptions::default() });
    let began = Instant::now();
    let trial = StateTrial {
        definition: &definition,
        state: "S",
        role_arn: None,
        input: Payload::empty(),
        variables: Vec::new(),
        context: None,
        retries_used: 0,
        items_read: None,
        iterations_failed: 0,
        mock: None,
        time,
        watched: None,
    };
    let report = engine.try_state(trial).await.expect("it can be tried");
    (report, began.elapsed().as_secs())
}

async fn check(state: &str, time: Time, seconds: u64, error: Option<&str>) {
    let (report, took) = tried(state, time).await;
    let failed = match report.ending {
        Ending::Failed(Failure { error, .. }) => error,
        Ending::Succeeded { .. } => None,
        other => panic!("{state} ended as {other:?}"),
    };
    assert_eq!((failed.as_deref(), took), (error, seconds), "{state}");
}

#[tokio::test(start_paused = true)]
async fn a_trial_ends_after_five_minutes_or_the_states_own_timeout() {
    let task = |field: &str| {
        format!(
            r#"{{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {{"FunctionName": "f"}}, {field} "End": true}}"#
        )
    };
    let wait = r#"{"Type": "Wait", "Seconds": 90, "End": true}"#;
    let long_wait = r#"{"Type": "Wait", "Seconds": 301, "End": true}"#;
    let timeout = Some("States.Timeout");
    check(&task(""), Time::Real, 300, timeout).await;
    check(&task("\"TimeoutSeconds\": 7,"), Time::Real, 7, timeout).await;
    check(wait, Time::Real, 90, None).await;
    check(long_wait, Time::Real, 300, timeout).await;
    check(long_wait, Time::SkippingWaits, 0, None).await;
}
