//! What a state saw beside its input: the variables, and the context object.

use std::sync::Arc;

use atlas_asl::model::ExecutionType;
use atlas_core::{Identity, Payload, Timestamp};
use serde_json::{Map, Value, json};

use crate::{ExecutionView, History, Told, event::document, view::Visit};

/// The variables that a visit saw when it was entered: those that states before it in its own branch have
/// assigned, and those before that in the branches around it.
pub(super) fn variables(
    view: &ExecutionView,
    history: &History,
    visit: &Visit,
) -> Map<String, Value> {
    let mut from_inside = vec![visit];
    while let Some(parent) = from_inside.last().and_then(|it| view.visit(it.parent?)) {
        from_inside.push(parent);
    }
    let mut known = Map::new();
    for here in from_inside.into_iter().rev() {
        let begun = begun_by(view, here);
        for before in view.visits.iter().filter(|it| is_in_lane_of(it, here) && it.id > begun) {
            let exit = before.exit_event.filter(|exit| *exit < here.id);
            let assigned = exit
                .and_then(|exit| history.event(exit))
                .and_then(|event| event.details.get("assignedVariables"));
            for (name, value) in assigned.and_then(Value::as_object).into_iter().flatten() {
                known.insert(name.clone(), document(value));
            }
        }
    }
    known
}

fn is_in_lane_of(one: &Visit, other: &Visit) -> bool {
    (one.parent, one.branch, one.iteration) == (other.parent, other.branch, other.iteration)
}

/// The event that began the attempt of the Parallel or Map around a visit that it is in.
pub(super) fn begun_by(view: &ExecutionView, visit: &Visit) -> u64 {
    let container = visit.parent.and_then(|parent| view.visit(parent));
    let attempts = container.map(|container| container.attempts.as_slice()).unwrap_or_default();
    let begins = attempts.iter().filter_map(|attempt| attempt.schedule_event);
    begins.filter(|event| *event < visit.id).max().unwrap_or(0)
}

/// Who the execution is.
pub(super) fn identity(view: &ExecutionView, history: &History) -> Arc<Identity> {
    let parts: Vec<&str> = view.execution_arn.split(':').collect();
    let is_express = parts.get(5) == Some(&"express");
    let role = history.events.first().and_then(|event| event.text("roleArn"));
    let machine = view.state_machine_arn.rsplit(':').next().unwrap_or_default();
    Arc::new(Identity {
        execution_arn: view.execution_arn.as_str().into(),
        execution_name: view.name.as_str().into(),
        state_machine_arn: view.state_machine_arn.as_str().into(),
        state_machine_name: machine.into(),
        role_arn: role.unwrap_or_default().into(),
        region: parts.get(3).copied().unwrap_or_default().into(),
        execution_type: if is_express { ExecutionType::Express } else { ExecutionType::Standard },
        version_arn: None,
        alias_arn: None,
        map_run_arn: None,
    })
}

/// The context object of a visit, as far as it is known.
pub(super) fn context(
    view: &ExecutionView,
    told: &Told,
    history: &History,
    visit: &Visit,
    item: Option<&Value>,
    token: Option<&str>,
) -> Value {
    let identity = identity(view, history);
    let moment = |at_ms: i64| Timestamp::from_millis(at_ms).to_string();
    let redriven: Vec<_> =
        history.events.iter().filter(|it| it.event_type == "ExecutionRedriven").collect();
    let before = redriven.iter().filter(|it| it.id < visit_end(visit)).count();
    let mut execution = json!({
        "Id": *identity.execution_arn,
        "Input": execution_input(told, history),
        "StartTime": moment(view.started_at),
        "Name": *identity.execution_name,
        "RoleArn": *identity.role_arn,
    });
    // Recorded (test_map_state_failure_count): an EXPRESS execution has no such field.
    if identity.execution_type == ExecutionType::Standard {
        execution["RedriveCount"] = before.into();
        if let Some(last) = before.checked_sub(1).and_then(|at| redriven.get(at)) {
            execution["RedriveTime"] = moment(last.at_ms).into();
        }
    }
    let mut state = json!({ "Name": visit.name, "EnteredTime": moment(visit.entered_at) });
    if matches!(visit.state_type.as_str(), "Task" | "Parallel" | "Map") {
        state["RetryCount"] = retries(visit, redriven.last().map_or(0, |it| it.id)).into();
    }
    let mut context = json!({
        "Execution": execution,
        "StateMachine": { "Id": *identity.state_machine_arn, "Name": *identity.state_machine_name },
        "State": state,
    });
    if let Some((index, value)) = iteration(view, visit).zip(item) {
        context["Map"] = json!({ "Item": { "Index": index, "Value": value } });
    }
    if let Some(token) = token {
        context["Task"] = json!({ "Token": token });
    }
    context
}

/// The input of the execution.
pub(super) fn execution_input(told: &Told, history: &History) -> Option<Value> {
    let first = history.events.first().filter(|event| event.event_type == "ExecutionStarted");
    first.and_then(|event| event.document("input")).or_else(|| told.input.clone())
}

/// How often a visit was tried again since the execution was redriven last.
pub(super) fn retries(visit: &Visit, last_redrive: u64) -> u64 {
    let since = |event: &u64| *event > last_redrive;
    let attempts = visit.attempts.iter().filter_map(|attempt| attempt.schedule_event);
    u64::try_from(attempts.filter(since).count().saturating_sub(1)).unwrap_or(u64::MAX)
}

/// The iteration that a visit is in, however deep.
pub(super) fn iteration(view: &ExecutionView, visit: &Visit) -> Option<u32> {
    let mut here = Some(visit);
    while let Some(visit) = here {
        if visit.iteration.is_some() {
            return visit.iteration;
        }
        here = visit.parent.and_then(|parent| view.visit(parent));
    }
    None
}

fn visit_end(visit: &Visit) -> u64 {
    let last = visit.attempts.last().and_then(|attempt| attempt.schedule_event);
    visit.exit_event.or(last).unwrap_or(visit.id)
}

/// Documents by name, as the interpreter takes them.
pub(super) fn payloads(known: &Map<String, Value>) -> Vec<(Box<str>, Payload)> {
    known.iter().map(|(name, value)| (name.as_str().into(), value.clone().into())).collect()
}
