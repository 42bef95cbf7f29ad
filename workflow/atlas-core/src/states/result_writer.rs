//! `ResultWriter`: what came of a map run is written to a bucket, or shaped for the state's output.

use std::sync::Arc;

use atlas_asl::{model::ExecutionType, resource::Resource};
use serde_json::{Map, Value, json};

use super::{item_reader::order, map_run};
use crate::{
    Failure, NotRedrivable, Payload, Processor,
    branch::{
        BranchId, Child, ChildState, Document, MapItem, MapRunPhase, Phase, Then, WritingPhase,
    },
    failure::StateFailure,
    program::{CompiledMap, Transformation, Writer},
    shape,
    step::Cx,
};

/// The results as the state's output.
pub(super) fn shaped(cx: &mut Cx<'_>, id: BranchId, map: &CompiledMap, how: Transformation) {
    let phase = cx.map_run_phase(id).clone();
    let teller = Teller::new(cx, map, &phase);
    let succeeded = phase.children.iter().filter(|child| child.has_succeeded());
    let results = flattened(succeeded.map(|child| teller.told(child, how)).collect(), how);
    map_run::done(cx, id, phase.run, Payload::from(Value::Array(results)));
}

/// Orders the first document to be written. Where the run has failed, that is told after the last.
pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    (writer, resource): (&Writer, &Arc<Resource>),
    failure: Option<Failure>,
) -> Result<(), StateFailure> {
    let parameters = match &writer.parameters {
        Some(template) => shape::template(cx, id, template, "ResultWriter")?,
        None => json!({}),
    };
    let mut phase = cx.map_run_phase(id).clone();
    let pending = pending(cx, id, map, &phase)?;
    let teller = Teller::new(cx, map, &phase);
    // AWS: the manifest of a redriven run refers to the successes of all attempts, and to what
    // failed or did not start in the last one.
    let is_new = |child: &&Child| child.has_succeeded() && !child.is_written;
    let succeeded = phase.children.iter().filter(is_new);
    let succeeded = succeeded.map(|child| teller.told(child, writer.transformation)).collect();
    let failed = phase.children.iter().filter(|child| child.has_failed());
    let failed = failed.map(|child| teller.told(child, Transformation::None)).collect();
    let run = &cx.execution.map_runs[phase.run.0 as usize];
    let folder = folder(&parameters, &run.arn, run.redrive_count);
    let mut documents = Vec::new();
    let mut write = |name: &str, rows: Vec<Value>| {
        if rows.is_empty() {
            return None;
        }
        let ending = if writer.is_json_lines { "jsonl" } else { "json" };
        let key = format!("{folder}{name}_0.{ending}");
        let body = body(&rows, writer.is_json_lines);
        let file = json!({ "Key": key, "Size": body.len() });
        documents.push(document(&parameters, &key, body));
        Some(file)
    };
    let failed: Vec<Value> = write("FAILED", failed).into_iter().collect();
    let pending: Vec<Value> = write("PENDING", pending).into_iter().collect();
    phase.success_files.extend(write("SUCCEEDED", flattened(succeeded, writer.transformation)));
    let bucket = parameters.get("Bucket").cloned().unwrap_or_default();
    let manifest = json!({
        "DestinationBucket": bucket,
        "MapRunArn": &*run.arn,
        "ResultFiles": { "FAILED": failed, "PENDING": pending, "SUCCEEDED": phase.success_files },
    });
    let key = format!("{folder}manifest.json");
    documents.push(document(&parameters, &key, manifest.to_string()));
    documents.reverse();
    let then = match failure {
        Some(failure) => Then::Fail(failure),
        None => Then::Succeed(Payload::from(json!({
            "MapRunArn": &*run.arn,
            "ResultWriterDetails": { "Bucket": bucket, "Key": key },
        }))),
    };
    next(cx, id, resource, phase, documents, then);
    Ok(())
}

/// A document has been written: the next one is, or the run is over.
pub(super) fn written(cx: &mut Cx<'_>, id: BranchId, resource: &Arc<Resource>) {
    let Phase::Writing(writing) = &cx.branch(id).phase else { return };
    let WritingPhase { task, mut run, documents, then } = (**writing).clone();
    cx.execution.tasks.remove(&task);
    if !documents.is_empty() {
        return next(cx, id, resource, run, documents, then);
    }
    for child in run.children.iter_mut().filter(|child| child.has_succeeded()) {
        child.is_written = true;
    }
    let run_id = run.run;
    cx.branch_mut(id).phase = Phase::MapRun(Box::new(run));
    let counted = &mut cx.execution.map_runs[run_id.0 as usize];
    for counts in [&mut counted.executions, &mut counted.items] {
        counts.results_written = counts.succeeded + counts.unsuccessful();
    }
    match then {
        Then::Succeed(result) => map_run::done(cx, id, run_id, result),
        Then::Fail(failure) => map_run::failed(cx, id, failure),
    }
}

fn next(
    cx: &mut Cx<'_>,
    id: BranchId,
    resource: &Arc<Resource>,
    run: MapRunPhase,
    mut documents: Vec<Document>,
    then: Then,
) {
    let Some(document) = documents.pop() else { return };
    let task = order(cx, id, resource, document.parameters);
    cx.branch_mut(id).phase = Phase::Writing(Box::new(WritingPhase { task, run, documents, then }));
}

/// `PREFIX/ID/`, where the id is that of the map run; each redrive of it has a folder within, so that
/// what was written before stays.
fn folder(parameters: &Value, map_run_arn: &str, redrive_count: u32) -> String {
    let id = map_run_arn.rsplit(':').next().unwrap_or_default();
    let prefix = match parameters.get("Prefix").and_then(Value::as_str) {
        Some(prefix) if !prefix.is_empty() => format!("{}/", prefix.trim_end_matches('/')),
        _ => String::new(),
    };
    match redrive_count {
        0 => format!("{prefix}{id}/"),
        count => format!("{prefix}{id}/Redrive-{count}/"),
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

/// What would have been started had the run not failed.
fn pending(
    cx: &Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    phase: &MapRunPhase,
) -> Result<Vec<Value>, StateFailure> {
    let waits = |child: &&Child| matches!(child.state, ChildState::PendingRedrive);
    let mut inputs: Vec<Payload> =
        phase.children.iter().filter(waits).map(|child| child.input.clone()).collect();
    for (index, value) in (0u32..).zip(&phase.items).skip(phase.children.len()) {
        let value = value.clone();
        inputs.push(match &map.item_selector {
            Some(selector) if phase.batch_sizes.is_empty() => {
                shape::item(cx, id, &phase.input, selector, &MapItem { index, value })?
            }
            Some(_) | None => value,
        });
    }
    let told = |input: Payload| json!({ "Input": input.text(), "InputDetails": { "Included": true }, "Status": "PENDING" });
    Ok(inputs.into_iter().map(told).collect())
}

/// Tells of executions as AWS's result files do, with the names in their order.
struct Teller<'a> {
    cx: &'a Cx<'a>,
    processor: Processor,
    map_run_arn: Arc<str>,
}

impl<'a> Teller<'a> {
    fn new(cx: &'a Cx<'a>, map: &CompiledMap, phase: &MapRunPhase) -> Self {
        let map_run_arn = Arc::clone(&cx.execution.map_runs[phase.run.0 as usize].arn);
        Self { cx, processor: cx.program.processor_of(map), map_run_arn }
    }

    /// All of an execution, or its output alone.
    fn told(&self, child: &Child, transformation: Transformation) -> Value {
        if let (ChildState::Succeeded(output), Transformation::Compact | Transformation::Flatten) =
            (&child.state, transformation)
        {
            return output.value().clone();
        }
        let identity =
            self.cx.execution.identity.child(child.id, &self.processor, &self.map_run_arn);
        let mut fields = Map::new();
        let mut tell = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
        let failure = child.state.failure();
        if let Some(cause) = failure.and_then(|failure| failure.cause.as_deref()) {
            tell("Cause", cause.into());
        }
        if let Some(error) = failure.and_then(|failure| failure.error.as_deref()) {
            tell("Error", error.into());
        }
        tell("ExecutionArn", (*identity.execution_arn).into());
        tell("Input", child.input.text().into());
        tell("InputDetails", json!({ "Included": true }));
        tell("Name", (*identity.execution_name).into());
        if let ChildState::Succeeded(output) = &child.state {
            tell("Output", output.text().into());
        }
        tell("OutputDetails", json!({ "Included": true }));
        // An EXPRESS child is not redriven, but started anew.
        let redrive_count = match identity.execution_type {
            ExecutionType::Standard => child.attempt,
            ExecutionType::Express => 0,
        };
        tell("RedriveCount", redrive_count.into());
        if child.has_succeeded() {
            tell("RedriveStatus", "NOT_REDRIVABLE".into());
            tell("RedriveStatusReason", NotRedrivable::Succeeded.to_string().into());
        } else {
            tell("RedriveStatus", "REDRIVABLE_BY_MAP_RUN".into());
        }
        tell("StartDate", child.started_at.to_string().into());
        tell("StateMachineArn", (*identity.state_machine_arn).into());
        tell("Status", child.state.as_str().into());
        if let Some(ended_at) = child.ended_at {
            tell("StopDate", ended_at.to_string().into());
        }
        Value::Object(fields)
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
