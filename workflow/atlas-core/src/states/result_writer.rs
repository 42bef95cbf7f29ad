//! `ResultWriter`: what came of a map run is written to a bucket, or shaped for the state's output.

use serde_json::{Map, Value, json};

use super::{item_reader::order, map_run};
use crate::{
    Failure, Payload,
    branch::{BranchId, Child, ChildState, Document, MapRunPhase, Phase, WritingPhase},
    failure::StateFailure,
    program::{Transformation, Writer},
    shape,
    step::Cx,
};

pub(super) fn enter(cx: &mut Cx<'_>, id: BranchId, writer: &Writer) -> Result<(), StateFailure> {
    let phase = cx.map_run_phase(id).clone();
    let run = phase.run;
    let succeeded = |child: &Child| matches!(child.state, ChildState::Succeeded(_));
    let results: Vec<Value> = phase
        .children
        .iter()
        .filter(|child| succeeded(child))
        .map(|child| told(cx, child, writer.transformation))
        .collect();
    if writer.resource.is_none() {
        let results = flattened(results, writer.transformation);
        map_run::done(cx, id, run, Payload::from(Value::Array(results)));
        return Ok(());
    }
    let parameters = match &writer.parameters {
        Some(template) => shape::template(cx, id, template, "ResultWriter")?,
        None => json!({}),
    };
    let failures: Vec<Value> = phase
        .children
        .iter()
        .filter(|child| !succeeded(child))
        .map(|child| told(cx, child, Transformation::None))
        .collect();
    let map_run = &mut cx.execution.map_runs[run.0 as usize];
    let arn = map_run.arn.to_string();
    map_run.executions.results_written = map_run.executions.succeeded + map_run.executions.failed;
    map_run.items.results_written = map_run.items.succeeded + map_run.items.failed;
    let folder = folder(&parameters, &arn);
    let bucket = parameters.get("Bucket").cloned().unwrap_or_default();
    let ending = if writer.is_json_lines { "jsonl" } else { "json" };
    let mut documents = Vec::new();
    let mut files = Map::new();
    for (name, rows) in [("SUCCEEDED", results), ("FAILED", failures), ("PENDING", Vec::new())] {
        let rows = flattened(rows, writer.transformation);
        let key = format!("{folder}{name}_0.{ending}");
        let body = body(&rows, writer.is_json_lines);
        let size = body.len();
        files.insert(
            name.to_owned(),
            if rows.is_empty() { json!([]) } else { json!([{ "Key": key, "Size": size }]) },
        );
        if !rows.is_empty() {
            documents.push(document(&parameters, &key, body));
        }
    }
    let key = format!("{folder}manifest.json");
    let manifest =
        json!({ "DestinationBucket": bucket, "MapRunArn": arn, "ResultFiles": files }).to_string();
    documents.push(document(&parameters, &key, manifest));
    documents.reverse();
    let result = Payload::from(json!({
        "MapRunArn": arn,
        "ResultWriterDetails": { "Bucket": bucket, "Key": key },
    }));
    next(cx, id, writer, phase, documents, result);
    Ok(())
}

/// A document has been written: the next one is, or the state is done.
pub(super) fn written(cx: &mut Cx<'_>, id: BranchId, writer: &Writer) {
    let Phase::Writing(writing) = &cx.branch(id).phase else { return };
    let WritingPhase { task, run, documents, result } = (**writing).clone();
    cx.execution.tasks.remove(&task);
    if documents.is_empty() {
        return map_run::done(cx, id, run.run, result);
    }
    next(cx, id, writer, run, documents, result);
}

fn next(
    cx: &mut Cx<'_>,
    id: BranchId,
    writer: &Writer,
    run: MapRunPhase,
    mut documents: Vec<Document>,
    result: Payload,
) {
    let (Some(resource), Some(document)) = (&writer.resource, documents.pop()) else { return };
    let task = order(cx, id, resource, document.parameters);
    cx.branch_mut(id).phase =
        Phase::Writing(Box::new(WritingPhase { task, run, documents, result }));
}

/// `PREFIX/ID/`, where the id is that of the map run.
fn folder(parameters: &Value, map_run_arn: &str) -> String {
    let id = map_run_arn.rsplit(':').next().unwrap_or_default();
    match parameters.get("Prefix").and_then(Value::as_str) {
        Some(prefix) if !prefix.is_empty() => format!("{}/{id}/", prefix.trim_end_matches('/')),
        _ => format!("{id}/"),
    }
}

fn document(parameters: &Value, key: &str, body: String) -> Document {
    let mut fields = match parameters {
        Value::Object(fields) => fields.clone(),
        _ => Map::new(),
    };
    fields.shift_remove("Prefix");
    fields.insert("Key".to_owned(), key.into());
    fields.insert("Body".to_owned(), body.into());
    Document { parameters: Payload::from(Value::Object(fields)) }
}

fn body(rows: &[Value], is_json_lines: bool) -> String {
    if is_json_lines {
        rows.iter().map(|row| format!("{row}\n")).collect()
    } else {
        Value::Array(rows.to_vec()).to_string()
    }
}

/// What is told of an execution: all of it, or its output alone.
fn told(cx: &Cx<'_>, child: &Child, transformation: Transformation) -> Value {
    let failure = |status: &str, failure: &Failure| {
        json!({
            "ExecutionStatus": status,
            "Error": failure.error,
            "Cause": failure.cause,
            "Input": child.input.text(),
            "InputDetails": { "Included": true },
            "StateMachineArn": &*cx.execution.identity.state_machine_arn,
        })
    };
    match (&child.state, transformation) {
        (ChildState::Succeeded(output), Transformation::None) => json!({
            "ExecutionStatus": "SUCCEEDED",
            "Input": child.input.text(),
            "InputDetails": { "Included": true },
            "Output": output.text(),
            "OutputDetails": { "Included": true },
            "StateMachineArn": &*cx.execution.identity.state_machine_arn,
        }),
        (ChildState::Succeeded(output), Transformation::Compact | Transformation::Flatten) => {
            output.value().clone()
        }
        (ChildState::Failed(why), _) => failure("FAILED", why),
        (ChildState::TimedOut(why), _) => failure("TIMED_OUT", why),
        (ChildState::Aborted(why), _) => failure("ABORTED", why),
        (ChildState::Running | ChildState::PendingRedrive, _) => Value::Null,
    }
}

/// `FLATTEN` takes apart the arrays among the results.
fn flattened(results: Vec<Value>, transformation: Transformation) -> Vec<Value> {
    match transformation {
        Transformation::None | Transformation::Compact => results,
        Transformation::Flatten => results
            .into_iter()
            .flat_map(|result| match result {
                Value::Array(items) => items,
                other => vec![other],
            })
            .collect(),
    }
}
