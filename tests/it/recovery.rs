//! An execution comes back from each prefix of its journal and ends as it did.

use std::sync::Arc;

use atlas_core::{Identity, Payload, Seed};
use atlas_engine::{
    Description, Engine, EngineOptions, Returning, StartRequest, Time,
    journal::{Journal, MemoryJournal, NoJournal},
    mocks::MockConfig,
};
use serde_json::{Value, json};

/// Restores the execution from each prefix in an engine of its own, and compares what is then told.
/// Answers with how many prefixes there were.
pub(crate) async fn check_each_prefix(
    first: &Engine,
    journal: &MemoryJournal,
    execution: &Description,
    case: Option<&str>,
    another: impl Fn() -> Engine,
) -> usize {
    let machine = first.state_machine(&execution.state_machine_arn).unwrap();
    let identity = Arc::new(Identity {
        execution_arn: Arc::clone(&execution.execution_arn),
        execution_name: Arc::clone(&execution.name),
        state_machine_arn: Arc::clone(&execution.state_machine_arn),
        state_machine_name: Arc::clone(&execution.state_machine_name),
        role_arn: Arc::clone(&machine.role_arn),
        region: "us-east-1".into(),
        execution_type: execution.execution_type,
        version_arn: execution.version_arn.clone(),
        alias_arn: execution.alias_arn.clone(),
        map_run_arn: None,
    });
    let arn = &*execution.execution_arn;
    let expected = told(first, arn);
    let events = journal.events(arn);
    for cut in 1..=events.len() {
        let again = another();
        let prefix = events[..cut].to_vec();
        again
            .restore(Returning {
                case: case.map(str::to_owned),
                time: Time::SkippingWaits,
                ..Returning::new(Arc::clone(&identity), prefix)
            })
            .unwrap();
        again.wait(arn).await.unwrap();
        let actual = told(&again, arn);
        let differs = actual.1.iter().zip(&expected.1).find(|(now, then)| now != then);
        if let Some((now, then)) = differs {
            panic!("{arn} {case:?} cut at {cut} of {}:\n{now}\n{then}", events.len());
        }
        assert_eq!((&actual.0, actual.1.len()), (&expected.0, expected.1.len()), "{arn} {case:?}");
    }
    events.len()
}

/// What is the same however often an execution was interrupted.
fn told(engine: &Engine, arn: &str) -> (String, Vec<Value>) {
    let description = engine.describe(arn).unwrap();
    let history = engine.history(arn).unwrap();
    assert!(history.is_sorted_by_key(|event| event.timestamp), "{arn}");
    let shown = |event: &atlas_core::history::HistoryEvent| {
        let mut event = event.to_json(json!(null));
        // A request is made anew, at a time and with an answer of its own.
        for field in ["taskScheduledEventDetails", "taskSucceededEventDetails"] {
            event.as_object_mut().unwrap().shift_remove(field);
        }
        event
    };
    (description.status().to_owned(), history.iter().map(shown).collect())
}

fn lead_to_call(journal: Arc<dyn Journal>) -> Engine {
    let mocks = MockConfig::parse(definitions::MOCKS.as_bytes()).unwrap();
    let seed = Some(Seed([1; 32]));
    let engine = Engine::new(EngineOptions {
        mocks: Some(Arc::new(mocks)),
        journal,
        seed,
        ..EngineOptions::default()
    });
    for local in definitions::local_machines() {
        engine.create_state_machine(local.name, local.execution_type, &local.machine).unwrap();
    }
    engine
}

#[tokio::test(start_paused = true)]
async fn both_lead_to_call_machines_come_back_from_each_prefix_under_each_mock_case() {
    let mut prefixes = 0;
    let mocks = MockConfig::parse(definitions::MOCKS.as_bytes()).unwrap();
    let cases: Vec<&str> = mocks.cases(definitions::lead_to_call::NAME).collect();
    assert_eq!(cases.len(), 9);
    for case in cases {
        let journal = Arc::new(MemoryJournal::default());
        let engine = lead_to_call(Arc::<MemoryJournal>::clone(&journal));
        let started = engine
            .start(StartRequest {
                state_machine: definitions::lead_to_call::NAME.to_owned(),
                name: Some("lead".to_owned()),
                input: Payload::parse(definitions::sample_lead(case)).unwrap(),
                case: Some(case.to_owned()),
                time: Time::SkippingWaits,
            })
            .unwrap();
        engine.wait(&started.execution_arn).await.unwrap();
        for execution in engine.executions() {
            let another = || lead_to_call(Arc::new(NoJournal));
            prefixes += check_each_prefix(&engine, &journal, &execution, Some(case), another).await;
        }
    }
    assert!(prefixes > 50, "{prefixes}");
}
