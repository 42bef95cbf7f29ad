//! The journal: every prefix of a run comes back and ends as the run did.

use std::sync::Arc;

use atlas_core::{Event, Identity};
use serde_json::json;

use super::{create, request, returning, start, told, with_mocks};
use crate::{
    Engine, EngineOptions,
    journal::{Journal, JournalError, MemoryJournal, NewFact},
};

fn mocks() -> EngineOptions {
    let thrown = json!({"Throw": {"Error": "Busy", "Cause": "-"}});
    with_mocks(json!({
        "StateMachines": {"M": {"TestCases": {"C": {"Create": "R", "Call": "S"}}}},
        "MockedResponses": {
            "R": {"0": thrown, "1": {"Return": {"leadId": "00Q"}}},
            "S": {"0": {"Return": {"outcome": "BUSY"}}, "1": {"Return": {"outcome": "ANSWERED"}}},
        },
    }))
}

fn machine(engine: &Engine) {
    create(
        engine,
        "M",
        &json!({"StartAt": "Both", "States": {
            "Both": {"Type": "Parallel", "Next": "Call", "ResultPath": "$.both", "Branches": [
                {"StartAt": "Create", "States": {"Create": {"Type": "Task", "End": true,
                    "Resource": "arn:aws:states:::lambda:invoke", "TimeoutSeconds": 30,
                    "Retry": [{"ErrorEquals": ["Busy"], "JitterStrategy": "FULL"}]}}},
                {"StartAt": "Sleep", "States": {
                    "Sleep": {"Type": "Wait", "Seconds": 5, "End": true}}},
            ]},
            "Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "Parameters": {"Token.$": "$$.Task.Token"}, "TimeoutSeconds": 7200,
                "ResultPath": "$.call", "Next": "Again"},
            "Again": {"Type": "Choice", "Default": "Done", "Choices": [
                {"Variable": "$.call.outcome", "StringEquals": "BUSY", "Next": "Pause"}]},
            "Pause": {"Type": "Wait", "Seconds": 600, "Next": "Call"},
            "Done": {"Type": "Succeed"},
        }}),
    );
}

#[tokio::test(start_paused = true)]
async fn every_prefix_of_a_journal_comes_back_and_ends_the_same() {
    let journal = Arc::new(MemoryJournal::default());
    let kept: Arc<dyn Journal> = Arc::<MemoryJournal>::clone(&journal);
    let engine = Engine::new(EngineOptions { journal: kept, ..mocks() });
    machine(&engine);
    let started = start(&engine, "M#C");
    let expected = told(&engine.wait(&started.execution_arn).await.unwrap());
    assert!(expected.contains("ANSWERED"), "{expected}");
    let history = engine.history(&started.execution_arn).unwrap();
    let shown = |history: &[atlas_core::history::HistoryEvent]| -> Vec<serde_json::Value> {
        history.iter().map(|event| event.to_json(json!(null))).collect()
    };
    let identity = identity(&engine, &started.execution_arn);
    let events = journal.events(&started.execution_arn);
    assert!(events.len() >= 10, "{}", events.len());
    for cut in 1..=events.len() {
        let again = Engine::new(mocks());
        machine(&again);
        let prefix: Vec<Event> = events[..cut].to_vec();
        let restored = again.restore(returning(&identity, prefix, Some("C"))).unwrap();
        let outcome = again.wait(&restored.execution_arn).await.unwrap();
        assert_eq!(told(&outcome), expected, "cut at {cut}");
        let recovered = again.history(&restored.execution_arn).unwrap();
        assert_eq!(shown(&recovered), shown(&history), "cut at {cut}");
    }
}

fn identity(engine: &Engine, arn: &str) -> Arc<Identity> {
    let machine = engine.state_machine("M").unwrap();
    let description = engine.describe(arn).unwrap();
    Arc::new(Identity {
        execution_arn: description.execution_arn,
        execution_name: description.name,
        state_machine_arn: description.state_machine_arn,
        state_machine_name: description.state_machine_name,
        role_arn: Arc::clone(&machine.role_arn),
        region: "us-east-1".into(),
        execution_type: machine.execution_type,
        version_arn: description.version_arn,
        alias_arn: description.alias_arn,
        map_run_arn: None,
    })
}

/// Keeps this many facts, and then no more.
struct Full(std::sync::atomic::AtomicI64);

impl Journal for Full {
    fn append(&self, fact: &NewFact<'_>) -> Result<(), JournalError> {
        if self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) > 0 {
            return Ok(());
        }
        Err(JournalError {
            execution_arn: fact.identity.execution_arn.to_string(),
            reason: "the disk is full".to_owned(),
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_fact_that_cannot_be_kept_has_not_happened() {
    for (room, can_start) in [(0, false), (1, true), (4, true)] {
        let journal = Arc::new(Full(room.into()));
        let engine = Engine::new(EngineOptions { journal, ..mocks() });
        machine(&engine);
        match engine.start(request("M#C")) {
            Ok(started) => {
                assert!(can_start);
                let error = engine.wait(&started.execution_arn).await.unwrap_err();
                assert!(error.to_string().ends_with("the disk is full"), "{error}");
                assert!(engine.outcome(&started.execution_arn).unwrap().is_none());
            }
            Err(error) => {
                assert!(!can_start, "{error}");
                assert_eq!(engine.executions().len(), 0);
            }
        }
    }
}
