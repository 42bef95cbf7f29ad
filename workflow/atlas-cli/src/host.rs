//! One engine for one command: it starts an execution and sees all that follows to its end.

use std::sync::{Arc, mpsc};

use atlas_asl::model::{ExecutionType, StateMachine};
use atlas_core::{Payload, history::HistoryEvent};
use atlas_engine::{
    Description, Engine, EngineError, EngineOptions, StartRequest, Time, mocks::MockConfig,
};

use crate::failure::Failure;

/// What to run.
pub(crate) struct Plan {
    /// The machines that the run may need; the first is started.
    pub(crate) machines: Vec<(String, ExecutionType, StateMachine)>,
    pub(crate) input: Payload,
    pub(crate) mocks: Option<MockConfig>,
    pub(crate) case: Option<String>,
    pub(crate) time: Time,
}

/// An execution that has ended, and its history.
pub(crate) struct Ended {
    pub(crate) description: Description,
    pub(crate) history: Vec<HistoryEvent>,
}

/// One history event as it happens: the execution's ARN, and the event.
pub(crate) type Happened = (Arc<str>, HistoryEvent);

/// Runs a plan until every execution has ended: the first, and what it started, in that order.
///
/// `watch` gets each event as it happens.
pub(crate) fn run(
    plan: Plan,
    watch: Option<mpsc::Sender<Happened>>,
) -> Result<Vec<Ended>, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_time()
        .build()
        .map_err(|error| Failure::ours(format_args!("cannot start a runtime: {error}")))?;
    runtime.block_on(run_all(plan, watch))
}

async fn run_all(plan: Plan, watch: Option<mpsc::Sender<Happened>>) -> Result<Vec<Ended>, Failure> {
    let Plan { machines, input, mocks, case, time } = plan;
    let observer = watch.map(|watch| -> atlas_engine::Observer {
        Box::new(move |arn, event| {
            // Whoever watched may have stopped; the run goes on.
            let _ = watch.send((Arc::clone(arn), event.clone()));
        })
    });
    let mocks = mocks.map(Arc::new);
    let engine = Engine::new(EngineOptions { mocks, observer, ..EngineOptions::default() });
    for (name, execution_type, machine) in &machines {
        engine.create_state_machine(name, *execution_type, machine).map_err(refused)?;
    }
    let Some((first, ..)) = machines.first() else { return Ok(Vec::new()) };
    let request = StartRequest { state_machine: first.clone(), name: None, input, case, time };
    engine.start(request).map_err(refused)?;
    loop {
        let executions = engine.executions();
        match executions.iter().find(|execution| execution.outcome.is_none()) {
            Some(running) => {
                engine.wait(&running.execution_arn).await.map_err(refused)?;
            }
            None => return executions.into_iter().map(|it| ended(&engine, it)).collect(),
        }
    }
}

fn ended(engine: &Engine, description: Description) -> Result<Ended, Failure> {
    let history = engine.history(&description.execution_arn).map_err(refused)?;
    Ok(Ended { description, history })
}

fn refused(error: EngineError) -> Failure {
    match error {
        EngineError::Journal(_) => Failure::ours(error),
        _ => Failure::theirs(crate::label::clean(&error.to_string())),
    }
}
