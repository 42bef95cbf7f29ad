//! Map runs: changed while they run, and brought back with their children half done.

use std::{
    collections::BTreeMap,
    future::ready,
    sync::{Arc, Mutex},
};

use atlas_core::{Event, Failure, Identity, MapRun, MapRunLimits, Payload, history::HistoryEvent};
use serde_json::{Value, json};

use super::{create, options, request, returning, start, told};
use crate::{
    Engine, EngineError, EngineOptions, StartRequest, Time,
    archive::{Listing, Of, Status, Summary},
    journal::{Journal, JournalError, NewFact},
    runner::{Answering, TaskAnswer, TaskCall, TaskRunner},
};

fn children_of(engine: &Engine, map_run_arn: &str) -> Vec<Summary> {
    let all = Listing { most_seen: usize::MAX, ..Listing::of(Of::Arn(map_run_arn), usize::MAX) };
    engine.list(&all).unwrap().executions
}

fn machine(fields: Value, states: &Value) -> Value {
    let mut map = json!({"Type": "Map", "Label": "L", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "A", "States": states,
    }});
    for (name, value) in fields.as_object().unwrap() {
        map[name] = value.clone();
    }
    json!({"StartAt": "M", "States": {"M": map}})
}

#[tokio::test(start_paused = true)]
async fn a_map_run_takes_other_limits_while_it_runs() {
    let engine = Engine::new(options());
    let rests = json!({"A": {"Type": "Wait", "Seconds": 3600, "End": true}});
    let fields = json!({"MaxConcurrency": 1, "ToleratedFailurePercentage": 100});
    create(&engine, "M", &machine(fields, &rests));
    let input = Payload::from(json!([1, 2, 3, 4]));
    let started = engine.start(StartRequest { input, time: Time::Real, ..request("M") }).unwrap();
    let arn = started.execution_arn;
    let run = || -> MapRun { engine.map_runs(&arn).unwrap().remove(0) };
    let run_arn = run().arn;
    let counts = || {
        let counts = run().executions;
        (counts.running, counts.pending, counts.aborted)
    };
    assert_eq!(counts(), (1, 3, 0));

    let wider = MapRunLimits { max_concurrency: Some(3), ..MapRunLimits::default() };
    engine.update_map_run(&run_arn, wider).unwrap();
    assert_eq!(counts(), (3, 1, 0));
    assert_eq!(run().limits.max_concurrency, Some(3));
    assert_eq!(run().limits.tolerated_failure_percentage, Some(100.0), "it stays as it was");

    // Fewer than run: those that run go on, and no other begins before they are few enough.
    let narrower = MapRunLimits { max_concurrency: Some(1), ..MapRunLimits::default() };
    engine.update_map_run(&run_arn, narrower).unwrap();
    let children = children_of(&engine, &run_arn);
    engine.stop(&children[0].identity.execution_arn, None, None).unwrap();
    assert_eq!(counts(), (2, 1, 1));

    let strict = MapRunLimits { tolerated_failure_count: Some(0), ..MapRunLimits::default() };
    engine.update_map_run(&run_arn, strict).unwrap();
    let ended = told(&engine.wait(&arn).await.unwrap());
    assert!(ended.starts_with("FAILED States.ExceedToleratedFailureThreshold"), "{ended}");
    assert_eq!((counts(), run().status.as_str()), ((0, 1, 3), "FAILED"));
    for child in children_of(&engine, &run_arn) {
        assert_eq!(child.stage.status, Status::Aborted);
    }
    let refused = engine.update_map_run(&run_arn, wider).unwrap_err();
    assert!(matches!(refused, EngineError::Unfit { .. }), "{refused}");
}

/// The facts of all executions in the order in which they came.
#[derive(Default)]
struct OneJournal(Mutex<Vec<(Identity, Event)>>);

impl Journal for OneJournal {
    fn append(&self, fact: &NewFact<'_>) -> Result<(), JournalError> {
        self.0.lock().unwrap().push((fact.identity.clone(), fact.event.clone()));
        Ok(())
    }
}

/// A bucket of three items, and a service that refuses one of them.
struct Bucket;

impl TaskRunner for Bucket {
    fn run(&self, call: TaskCall) -> Answering {
        let parameters = call.request.parameters.value();
        let answer = match call.request.resource.resource_name().as_str() {
            "getObject" => Payload::from(json!({"Body": "[1, 2, 3, 4]"})),
            "putObject" => Payload::empty(),
            _ if parameters["n"] == 2 => {
                let error = Some("Refused".to_owned());
                return Box::pin(ready(TaskAnswer::Failed(Failure { error, cause: None })));
            }
            _ => call.request.parameters,
        };
        Box::pin(ready(TaskAnswer::Answered(answer)))
    }
}

fn engine(journal: Option<Arc<dyn Journal>>) -> Engine {
    let options = EngineOptions { runner: Arc::new(Bucket), ..options() };
    let engine = Engine::new(match journal {
        Some(journal) => EngineOptions { journal, ..options },
        None => options,
    });
    let states = json!({
        "A": {"Type": "Wait", "Seconds": 60, "Next": "B"},
        "B": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true},
    });
    let fields = json!({
        "MaxConcurrency": 2, "ToleratedFailureCount": 1,
        "ItemSelector": {"n.$": "$$.Map.Item.Value"},
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket": "b", "Key": "k"}, "ReaderConfig": {"InputType": "JSON"}},
        "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject",
            "Parameters": {"Bucket": "b"}},
    });
    create(&engine, "M", &machine(fields, &states));
    engine
}

/// What is the same however often a run was interrupted: its counts, its children, all histories.
fn shown(engine: &Engine, arn: &str) -> (MapRun, BTreeMap<Arc<str>, Vec<Value>>) {
    let mut run = engine.map_runs(arn).unwrap().remove(0);
    run.ended_at = None;
    let children = children_of(engine, &run.arn);
    let arns = children.iter().map(|child| Arc::clone(&child.identity.execution_arn));
    let history = |arn: &str| -> Vec<Value> {
        let history = engine.history(arn).unwrap();
        history.iter().map(|event: &HistoryEvent| event.to_json(json!(null))).collect()
    };
    let histories = arns.chain([arn.into()]).map(|arn| (Arc::clone(&arn), history(&arn)));
    (run, histories.collect())
}

#[tokio::test(start_paused = true)]
async fn a_map_run_comes_back_from_each_moment_with_its_children_half_done() {
    let journal = Arc::new(OneJournal::default());
    let first = engine(Some(Arc::<OneJournal>::clone(&journal)));
    let arn = start(&first, "M").execution_arn;
    let expected = told(&first.wait(&arn).await.unwrap());
    assert!(expected.contains("ResultWriterDetails"), "{expected}");
    let (run, histories) = shown(&first, &arn);
    assert_eq!((run.executions.succeeded, run.executions.failed), (3, 1));
    let facts = std::mem::take(&mut *journal.0.lock().unwrap());
    assert!(facts.len() > 20, "{}", facts.len());
    for cut in 1..=facts.len() {
        let again = engine(None);
        let mut by_execution: BTreeMap<_, (Arc<Identity>, Vec<Event>)> = BTreeMap::new();
        for (identity, event) in &facts[..cut] {
            // What an execution started comes back before it.
            let key = (identity.map_run_arn.is_none(), Arc::clone(&identity.execution_arn));
            let kept =
                by_execution.entry(key).or_insert_with(|| (Arc::new(identity.clone()), Vec::new()));
            kept.1.push(event.clone());
        }
        for (identity, events) in by_execution.into_values() {
            again.restore(returning(&identity, events, None)).unwrap();
        }
        assert_eq!(told(&again.wait(&arn).await.unwrap()), expected, "cut at {cut}");
        let (run_again, histories_again) = shown(&again, &arn);
        assert_eq!(histories_again, histories, "cut at {cut}");
        assert_eq!(
            (run_again.executions, run_again.items, run_again.status, run_again.arn),
            (run.executions, run.items, run.status, Arc::clone(&run.arn)),
            "cut at {cut}"
        );
    }
}
