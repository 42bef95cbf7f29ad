//! The view of every history that was recorded from AWS is consistent, and that of any part of one is made.

use beside::Case;
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    Event, ExecutionView, History, Told, data_steps,
    view::{Status, view},
};

/// A recorded history: who it is of, its events and the definition that ran.
pub(crate) struct Recorded {
    pub(crate) id: String,
    pub(crate) events: Vec<Event>,
    pub(crate) definition: Option<Value>,
}

pub(crate) fn recorded() -> Vec<Recorded> {
    beside::cases().iter().flat_map(histories).collect()
}

fn histories(case: &Case) -> Vec<Recorded> {
    let definitions: Vec<Value> = case
        .calls
        .iter()
        .filter(|call| call.op == "CreateStateMachine")
        .filter_map(|call| serde_json::from_str(call.request["definition"].as_str()?).ok())
        .collect();
    let mut found = Vec::new();
    for answer in case.expected.as_object().into_iter().flat_map(|answers| answers.values()) {
        let Some(events) = answer["events"].as_array() else { continue };
        let events: Vec<Event> = events.iter().filter_map(of_recording).collect();
        // Where AWS's order varies from run to run, the recording has no ids.
        if events.len() != answer["events"].as_array().map_or(0, Vec::len) || events.is_empty() {
            continue;
        }
        let names = |definition: &&Value| {
            let text = definition.to_string();
            let entered = events.iter().filter(|it| it.of_state().is_some());
            entered
                .map(|it| it.text("name").unwrap_or_default())
                .all(|name| text.contains(&format!("\"{name}\"")))
        };
        let definition = definitions.iter().find(names).cloned();
        found.push(Recorded { id: case.id.clone(), events, definition });
    }
    found
}

/// Recordings have no times; the n-th event happens n seconds after the epoch.
fn of_recording(event: &Value) -> Option<Event> {
    let mut event = event.clone();
    event["timestamp"] = event["id"].as_u64()?.into();
    Event::of_api(&event).ok()
}

fn see(recorded: &Recorded, events: Vec<Event>) -> ExecutionView {
    view(&Told::of_arn("arn"), &History::of(events), recorded.definition.as_ref())
}

#[test]
fn every_recorded_history_is_seen_whole() {
    let recorded = recorded();
    let (mut failed, mut checked) = (0, 0);
    for case in &recorded {
        let seen = see(case, case.events.clone());
        let (id, events) = (&case.id, &case.events);
        let entered = events.iter().filter(|it| it.of_state().is_some_and(|it| it.1)).count();
        assert_eq!(seen.visits.len(), entered, "{id}: a visit for each entry");
        let exits = events.iter().filter(|it| it.of_state().is_some_and(|it| !it.1)).count();
        let left = seen.visits.iter().filter(|visit| visit.exit_event.is_some()).count();
        assert_eq!(left, exits, "{id}: an exit for each that was left");
        for visit in &seen.visits {
            let is_well = matches!(visit.status, Status::Succeeded | Status::Caught);
            assert_eq!(visit.exit_event.is_some(), is_well, "{id}: {visit:?}");
            assert_eq!(
                visit.exited_at.is_some(),
                visit.status != Status::Running,
                "{id}: {visit:?}"
            );
            if case.definition.is_some() {
                assert!(visit.pointer.is_some(), "{id}: {} stands nowhere", visit.name);
            }
        }
        let last = &events[events.len() - 1];
        let has_ended = last.event_type.starts_with("Execution") && events.len() > 1;
        assert_eq!(seen.status != "RUNNING", has_ended, "{id}");
        if has_ended {
            let open = seen.visits.iter().filter(|visit| visit.status == Status::Running).count();
            assert_eq!(open, 0, "{id}: nothing is open after the end");
            assert!(seen.visits.iter().all(|visit| visit.waits.is_none()), "{id}");
        }
        if last.event_type == "ExecutionFailed" {
            let failure = seen.failure.as_ref().expect("a failed execution says why");
            assert_eq!(failure.error.as_deref(), last.text("error"), "{id}");
            assert!(failure.visit.is_some(), "{id}: {failure:?} is of no state");
            failed += 1;
        } else {
            assert!(seen.failure.is_none() || last.event_type == "ExecutionAborted", "{id}");
        }
        checked += 1;
    }
    println!("{checked} histories, {failed} of them of executions that failed");
    assert!(recorded.is_empty() || failed > 50, "the recordings have been found: {failed}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_part_of_a_history_in_any_order_is_seen(
        kept in prop::collection::vec(any::<bool>(), 64),
        turned in any::<bool>(),
    ) {
        thread_local! { static RECORDED: Vec<Recorded> = recorded(); }
        RECORDED.with(|recorded| {
            for (nth, case) in recorded.iter().enumerate() {
                let mut events: Vec<Event> = case
                    .events
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| kept[(at + nth) % kept.len()])
                    .map(|(_, event)| event.clone())
                    .collect();
                if turned {
                    events.reverse();
                }
                let seen = see(case, events.clone());
                let ended = events.iter().max_by_key(|event| event.id).is_some_and(|last| {
                    last.event_type.starts_with("Execution") && last.id > 1
                });
                if let Some(visit) = seen.visits.last() {
                    let (told, history) = (Told::of_arn("arn"), History::of(events));
                    let definition = case.definition.as_ref();
                    let data = data_steps(&seen, &told, &history, definition, visit.id);
                    assert!(data.is_ok_and(|data| data.steps.len() >= 2), "{}: {visit:?}", case.id);
                }
                for visit in &seen.visits {
                    let parent = visit.parent;
                    assert!(parent.is_none_or(|parent| seen.visits.iter().any(|it| it.id == parent)));
                    assert!(!ended || visit.status != Status::Running, "{}: {visit:?}", case.id);
                }
            }
        });
    }
}
