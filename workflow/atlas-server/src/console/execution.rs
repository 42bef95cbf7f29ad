//! One execution: how it stands, and the states that it went through.

use std::collections::HashMap;

use atlas_core::{Outcome, Payload, Timestamp};
use atlas_engine::{Description, Engine};
use atlas_view::{
    ExecutionView,
    view::{Status, Visit},
};
use axum::Json;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    asked::Asked,
    fault::Fault,
    views::{self, Seen},
};

/// So many visits are told at once; a longer execution is told by window.
const MOST_VISITS: usize = 2_000;
/// A longer document is told by its length.
const MOST_DOCUMENT_BYTES: usize = 256 * 1024;
/// A list tells no more of a cause than this.
const MOST_CAUSE_CHARACTERS: usize = 600;

/// `GET /console/api/execution?arn=`
pub(super) async fn show(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(shown).await.map(Json)
}

fn shown(asked: &Asked) -> Result<Value, Fault> {
    let arn = asked.required("arn")?;
    let account = asked.account_of(arn)?;
    let engine = account.engine();
    let Seen { description, view } = asked.views.look(engine, arn)?;
    let from = asked.number("visits_from", 0..=usize::MAX)?.unwrap_or(0);
    let most = asked.number("visits_limit", 0..=MOST_VISITS)?.unwrap_or(MOST_VISITS);
    let visits = view.visits.iter().skip(from).take(most).cloned().map(shortened).collect();
    // All but the visits, which may be many.
    let window = ExecutionView {
        execution_arn: view.execution_arn.clone(),
        name: view.name.clone(),
        state_machine_arn: view.state_machine_arn.clone(),
        status: view.status.clone(),
        parent_arn: view.parent_arn.clone(),
        failure: view.failure.clone(),
        children: view.children.clone(),
        gaps: view.gaps.clone(),
        visits,
        ..*view
    };
    let parent = match &description.child_of {
        Some(child) => Some(engine.map_run(&child.map_run_arn)?.1),
        None => description.started_by.clone(),
    };
    Ok(json!({
        "view": window,
        "visitsFrom": from,
        "visitCount": view.visits.len(),
        "states": state_totals(&view, engine.now().as_millis()),
        "told": told(&description),
        "type": description.execution_type.as_str(),
        "parent": parent,
        "redrivable": description.redrivable.is_ok(),
        "definitionId": definition_id(&description),
        "openTasks": open_tasks(engine, arn)?,
    }))
}

/// A visit whose causes are no longer than a list can show. `state` tells all.
fn shortened(mut visit: Visit) -> Visit {
    let shorten = |cause: &mut Option<String>| {
        if let Some(text) = cause
            && let Some((end, _)) = text.char_indices().nth(MOST_CAUSE_CHARACTERS)
        {
            text.truncate(end);
            text.push('…');
        }
    };
    if let Some(failure) = &mut visit.failure {
        shorten(&mut failure.cause);
    }
    for attempt in &mut visit.attempts {
        shorten(&mut attempt.cause);
    }
    visit
}

/// All visits of a state together.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct StateTotal<'a> {
    pointer: Option<&'a str>,
    name: &'a str,
    r#type: &'a str,
    visits: u64,
    running: u64,
    succeeded: u64,
    failed: u64,
    timed_out: u64,
    caught: u64,
    aborted: u64,
    attempts: u64,
    total_ms: i64,
}

fn state_totals(view: &ExecutionView, now: i64) -> Vec<StateTotal<'_>> {
    let mut places: HashMap<(Option<&str>, &str), usize> = HashMap::new();
    let mut totals: Vec<StateTotal<'_>> = Vec::new();
    for visit in &view.visits {
        let (pointer, name) = (visit.pointer.as_deref(), visit.name.as_str());
        let place = *places.entry((pointer, name)).or_insert_with(|| {
            totals.push(StateTotal {
                pointer,
                name,
                r#type: &visit.state_type,
                ..StateTotal::default()
            });
            totals.len() - 1
        });
        let total = &mut totals[place];
        total.visits += 1;
        *match visit.status {
            Status::Running => &mut total.running,
            Status::Succeeded => &mut total.succeeded,
            Status::Caught => &mut total.caught,
            Status::Failed => &mut total.failed,
            Status::Aborted => &mut total.aborted,
            Status::TimedOut => &mut total.timed_out,
        } += 1;
        total.attempts += visit.attempts.len() as u64;
        total.total_ms += (visit.exited_at.unwrap_or(now) - visit.entered_at).max(0);
    }
    totals
}

/// What `DescribeExecution` tells, with moments in milliseconds.
fn told(description: &Description) -> Map<String, Value> {
    let told = views::told(description);
    let mut all = Map::new();
    let mut tell =
        |name: &str, value: Option<Value>| all.extend(value.map(|it| (name.to_owned(), it)));
    tell("executionArn", Some(told.execution_arn.into()));
    tell("stateMachineVersionArn", description.version_arn.as_deref().map(Value::from));
    tell("stateMachineAliasArn", description.alias_arn.as_deref().map(Value::from));
    for (name, value) in [
        ("stateMachineArn", told.state_machine_arn),
        ("name", told.name),
        ("status", told.status),
        ("error", told.error),
        ("cause", told.cause),
        ("redriveStatus", told.redrive_status),
        ("redriveStatusReason", told.redrive_status_reason),
        ("mapRunArn", told.map_run_arn),
    ] {
        tell(name, value.map(Value::from));
    }
    tell("startedAt", told.started_ms.map(Value::from));
    tell("endedAt", told.ended_ms.map(Value::from));
    tell("redriveCount", told.redrive_count.map(Value::from));
    let redriven = description.redrives.last().copied().map(Timestamp::as_millis);
    tell("redrivenAt", redriven.map(Value::from));
    let output = match &description.outcome {
        Some(Outcome::Succeeded { output }) => Some(output),
        _ => None,
    };
    for (name, length, document) in
        [("input", "inputBytes", Some(&description.input)), ("output", "outputBytes", output)]
    {
        let text = document.map(Payload::text);
        tell(length, text.map(|text| text.len().into()));
        tell(name, text.filter(|text| text.len() <= MOST_DOCUMENT_BYTES).map(Value::from));
    }
    all
}

/// Names a definition, so that one that is known need not be asked for again.
fn definition_id(description: &Description) -> String {
    use sha2::{Digest as _, Sha256};
    let pointer = description.child_of.as_ref().map_or("", |child| &*child.pointer);
    let digest = Sha256::new().chain_update(&*description.machine.text).chain_update(pointer);
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The tasks that an operator may end by hand. Their tokens stay inside.
fn open_tasks(engine: &Engine, arn: &str) -> Result<Vec<Value>, Fault> {
    let open = engine.open_tasks(arn)?.into_iter().filter(|task| task.kind.ends_by_hand());
    let told = open.filter_map(|task| {
        Some(json!({
            "event": task.event?,
            "visit": task.entered,
            "state": task.state,
            "kind": task.kind.as_str(),
            "attempt": task.attempt,
            "since": task.since.as_millis(),
            "deadline": task.deadline.map(Timestamp::as_millis),
            "heartbeatAt": task.heartbeat_by.map(Timestamp::as_millis),
        }))
    });
    Ok(told.collect())
}
