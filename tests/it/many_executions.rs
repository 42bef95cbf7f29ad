//! 100,000 executions at once: data and timers, no task of the runtime each.

use std::sync::{Arc, Mutex};

use atlas_asl::{model::ExecutionType, parse::parse};
use atlas_core::{Payload, TaskToken};
use atlas_engine::{
    Engine, EngineOptions, StartRequest, Time,
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};
use serde_json::json;

const COUNT: usize = 100_000;

/// Takes the token of each callback.
#[derive(Default)]
struct Keeper(Mutex<Vec<TaskToken>>);

impl TaskRunner for Keeper {
    fn run(&self, call: TaskCall) -> Answering {
        self.0.lock().unwrap().extend(call.request.token);
        Box::pin(async { TaskAnswer::Answered(Payload::empty()) })
    }
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_executions_wait_without_a_task_each_and_all_end() {
    let keeper = Arc::new(Keeper::default());
    let runner: Arc<dyn TaskRunner> = Arc::<Keeper>::clone(&keeper);
    let engine = Engine::new(EngineOptions { runner, ..EngineOptions::default() });
    for (name, state) in [
        ("Waiting", json!({"Type": "Wait", "Seconds": 86_400, "End": true})),
        (
            "Asking",
            json!({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"Token.$": "$$.Task.Token"}, "TimeoutSeconds": 90_000, "End": true}),
        ),
    ] {
        let definition = json!({"StartAt": "Only", "States": {"Only": state}});
        let machine = parse(&definition.to_string()).machine.unwrap();
        engine.create_state_machine(name, ExecutionType::Standard, &machine).unwrap();
    }
    let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = alive();
    for number in 0..COUNT {
        let machine = if number % 2 == 0 { "Waiting" } else { "Asking" };
        engine
            .start(StartRequest {
                state_machine: machine.to_owned(),
                name: Some(format!("e{number}")),
                input: Payload::empty(),
                case: None,
                time: Time::Real,
            })
            .unwrap();
        // The calls that hand a token over are tasks until they are answered.
        if number % 1000 == 999 {
            while alive() > before {
                tokio::task::yield_now().await;
            }
        }
    }
    let running = || engine.executions().iter().filter(|one| one.outcome.is_none()).count();
    assert_eq!((alive(), running()), (before, COUNT));
    // Every second callback comes, the other ones run out; every wait ends.
    let tokens = std::mem::take(&mut *keeper.0.lock().unwrap());
    assert_eq!(tokens.len(), COUNT / 2);
    for token in tokens.iter().step_by(2) {
        engine.send_task_success(token.expose(), "{}").unwrap();
    }
    assert_eq!(running(), COUNT - COUNT / 4);
    tokio::time::sleep(std::time::Duration::from_secs(90_001)).await;
    let all = engine.executions();
    let ended = |status: &str| all.iter().filter(|one| one.status() == status).count();
    assert_eq!((ended("SUCCEEDED"), ended("FAILED")), (COUNT * 3 / 4, COUNT / 4));
    assert_eq!(alive(), before);
}
