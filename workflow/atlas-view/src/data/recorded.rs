//! What the history itself tells of a visit's data.

use serde_json::{Value, json};

use super::known::begun_by;
use crate::{
    Event, ExecutionView, History,
    view::{Status, Visit},
};

/// What is recorded of a visit, at its last attempt. What is absent was not logged, was cut, or has not happened.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    pub(super) input: Option<Value>,
    /// After `Parameters` or `Arguments`.
    pub(super) arguments: Option<Value>,
    pub(super) result: Option<Value>,
    /// What a catcher was given.
    pub(super) error_output: Option<Value>,
    pub(super) assigned: Option<Value>,
    pub(super) output: Option<Value>,
}

pub(super) fn recorded(view: &ExecutionView, history: &History, visit: &Visit) -> Recorded {
    let event = |id: Option<u64>| history.event(id?);
    let entered = history.event(visit.id).filter(|_| !visit.is_entry_missing);
    let exited = event(visit.exit_event);
    let attempt = visit.attempts.last();
    let scheduled = event(attempt.and_then(|attempt| attempt.schedule_event));
    let is_task = visit.state_type == "Task";
    let result = match visit.state_type.as_str() {
        "Task" => {
            let succeeded = event(attempt.and_then(|attempt| attempt.end_event));
            succeeded.filter(|it| it.event_type.ends_with("Succeeded")).and_then(output_of)
        }
        "Parallel" | "Map" => results_inside(view, history, visit),
        _ => None,
    };
    let is_caught = visit.status == Status::Caught;
    let failure = visit.failure.as_ref().filter(|failure| is_caught && failure.error.is_some());
    // A failure that no event tells of may be that of the result.
    let has_result = failure.is_none();
    Recorded {
        input: entered.and_then(|event| event.document("input")),
        arguments: scheduled.filter(|_| is_task).and_then(|scheduled| {
            scheduled.document("parameters").or_else(|| scheduled.document("input"))
        }),
        result: result.filter(|_| has_result),
        error_output: failure.map(|failure| {
            let mut output = json!({ "Error": failure.error });
            if let Some(cause) = &failure.cause {
                output["Cause"] = cause.as_str().into();
            }
            output
        }),
        assigned: exited.and_then(|exited| {
            let assigned = exited.details.get("assignedVariables")?.as_object()?;
            let read =
                |(name, value): (&String, &Value)| (name.clone(), crate::event::document(value));
            Some(Value::Object(assigned.iter().map(read).collect()))
        }),
        output: exited.and_then(output_of),
    }
}

fn output_of(event: &Event) -> Option<Value> {
    event.document("output")
}

/// The results of a Parallel's branches or of an inline Map's iterations: the outputs of what came last in each.
fn results_inside(view: &ExecutionView, history: &History, container: &Visit) -> Option<Value> {
    if !matches!(container.status, Status::Succeeded | Status::Caught) || !history.gaps.is_empty() {
        return None;
    }
    let first_inside = view.visits.iter().find(|visit| visit.parent == Some(container.id))?;
    let last_inside = view.visits.iter().rfind(|visit| visit.parent == Some(container.id))?;
    let begun = begun_by(view, first_inside).max(begun_by(view, last_inside));
    let mut results: Vec<(u32, u64, Value)> = Vec::new();
    for visit in view.visits.iter().filter(|it| it.parent == Some(container.id) && it.id > begun) {
        let place = visit.branch.or(visit.iteration)?;
        let exit = visit.exit_event?;
        let output = output_of(history.event(exit)?)?;
        results.push((place, exit, output));
    }
    results.sort_by_key(|(place, exit, _)| (*place, *exit));
    let last_of_each = results
        .iter()
        .enumerate()
        .filter(|(at, (place, ..))| results.get(at + 1).is_none_or(|(next, ..)| next != place))
        .map(|(_, (_, _, output))| output.clone());
    Some(last_of_each.collect())
}
