//! `ItemReader`: the items of a map run are read from a bucket, by calls of the SDK.

use std::sync::Arc;

use atlas_asl::resource::Resource;
use serde_json::{Map, Value};

use super::map_run;
use crate::{
    Command, Failure, MapRunId, MapRunStatus, Payload, TaskId, TaskRequest,
    branch::{BranchId, Phase, ReadingPhase},
    failure::StateFailure,
    program::{CompiledMap, ItemFormat, Reader},
    shape,
    step::Cx,
};

pub(super) fn enter(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    reader: &Reader,
) -> Result<(), StateFailure> {
    let input = shape::arguments(cx, id, None)?;
    let parameters = match &reader.parameters {
        Some(template) => Payload::from(shape::template(cx, id, template, "ItemReader")?),
        None => Payload::empty(),
    };
    // How many there are is not known yet.
    let run = map_run::begin(cx, id, map, 0)?;
    if let ItemFormat::Other(what) = &reader.format {
        cx.execution.map_runs[run.0 as usize].end(MapRunStatus::Failed, cx.now);
        let cause =
            format!("{what} is not read here; use JSON, JSONL or CSV, or run the machine on AWS");
        map_run::failed(cx, id, reader_failed(cause));
        return Ok(());
    }
    call(cx, id, reader, run, input, parameters, Vec::new());
    Ok(())
}

fn call(
    cx: &mut Cx<'_>,
    id: BranchId,
    reader: &Reader,
    run: MapRunId,
    input: Payload,
    parameters: Payload,
    items: Vec<Payload>,
) {
    let task = order(cx, id, &reader.resource, parameters.clone());
    cx.branch_mut(id).phase =
        Phase::Reading(Box::new(ReadingPhase { task, run, input, parameters, items }));
}

/// Orders a call of a service that no event tells of.
pub(super) fn order(
    cx: &mut Cx<'_>,
    id: BranchId,
    resource: &Arc<Resource>,
    parameters: Payload,
) -> TaskId {
    cx.execution.last_task += 1;
    let task = TaskId(cx.execution.last_task);
    cx.execution.tasks.insert(task, id);
    cx.order(Command::InvokeTask(Box::new(TaskRequest {
        task,
        state: cx.state(id).name.clone(),
        resource: Arc::clone(resource),
        parameters,
        token: None,
        credentials: None,
        retry_count: cx.branch(id).retry_count(),
        timeout_seconds: None,
        heartbeat_seconds: None,
    })));
    task
}

/// The bucket has answered: the next page is asked for, or the run starts.
pub(super) fn read(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    reader: &Reader,
    answer: &Payload,
) -> Result<(), StateFailure> {
    let Phase::Reading(reading) = &mut cx.branch_mut(id).phase else { return Ok(()) };
    let ReadingPhase { task, run, input, parameters, mut items } = (**reading).clone();
    cx.execution.tasks.remove(&task);
    let limit = match &reader.max_items {
        Some(number) => match shape::number(cx, id, number, "MaxItems")? {
            0 => usize::MAX,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        },
        None => usize::MAX,
    };
    let answer = answer.value();
    let found = match &reader.format {
        ItemFormat::Listing => Ok(shape::listed_objects(answer)),
        ItemFormat::Json
        | ItemFormat::JsonLines
        | ItemFormat::Csv { .. }
        | ItemFormat::Other(_) => {
            let body = answer.get("Body").and_then(Value::as_str).unwrap_or_default();
            shape::items_in(body, reader)
        }
    };
    match found {
        Ok(found) => items.extend(found),
        Err(cause) => {
            map_run::failed(cx, id, reader_failed(cause));
            return Ok(());
        }
    }
    let next_page = answer.get("NextContinuationToken").filter(|token| token.is_string());
    if let (ItemFormat::Listing, Some(token)) = (&reader.format, next_page)
        && items.len() < limit
    {
        let mut fields = match parameters.value() {
            Value::Object(fields) => fields.clone(),
            _ => Map::new(),
        };
        fields.insert("ContinuationToken".to_owned(), token.clone());
        call(cx, id, reader, run, input, Payload::from(Value::Object(fields)), items);
        return Ok(());
    }
    items.truncate(limit);
    let (items, batch_sizes) = map_run::prepared(cx, id, map, &input, items)
        .inspect_err(|_| map_run::halt(cx, id, MapRunStatus::Failed))?;
    map_run::start(cx, id, map, run, input, items, batch_sizes)
}

fn reader_failed(cause: String) -> Failure {
    Failure { error: Some("States.ItemReaderFailed".to_owned()), cause: Some(cause) }
}
