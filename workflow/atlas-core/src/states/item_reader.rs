//! `ItemReader`: the items of a map run are read from a bucket, by calls of the SDK.

use std::sync::Arc;

use atlas_asl::resource::Resource;
use serde_json::{Map, Value};

use super::map_run;
use crate::{
    Command, Failure, MapRunStatus, Payload, TaskId, TaskRequest,
    branch::{BranchId, Phase, ReadingPhase},
    failure::StateFailure,
    program::{CompiledMap, Directory, ItemFormat, LeadsTo, Reader},
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
    let reads_holders = !matches!(reader.leads_to, LeadsTo::Objects);
    let refused = match &reader.format {
        ItemFormat::Other(what) if reads_holders => Some(format!(
            "{what} is not read here; use JSON, JSONL or CSV, or run the machine on AWS"
        )),
        _ => unreadable(&parameters),
    };
    if let Some(cause) = refused {
        cx.execution.map_runs[run.0 as usize].end(MapRunStatus::Failed, cx.now);
        map_run::failed(cx, id, reader_failed(cause));
        return Ok(());
    }
    let reading = ReadingPhase {
        task: TaskId(0),
        run,
        input,
        parameters,
        items: Vec::new(),
        is_held: false,
        objects: Vec::new(),
        headers: None,
    };
    call(cx, id, &reader.resource, reading);
    Ok(())
}

/// Reads what the phase's parameters name.
fn call(cx: &mut Cx<'_>, id: BranchId, resource: &Arc<Resource>, reading: ReadingPhase) {
    let task = order(cx, id, resource, reading.parameters.clone());
    cx.branch_mut(id).phase = Phase::Reading(Box::new(ReadingPhase { task, ..reading }));
}

/// Why an object cannot be read here, as far as its name says.
fn unreadable(parameters: &Payload) -> Option<String> {
    let key = parameters.value().get("Key").and_then(Value::as_str)?;
    let is_zstandard = key.ends_with(".zst") || key.ends_with(".zstd");
    is_zstandard.then(|| {
        format!("`{key}` is compressed with Zstandard, which is not read here; use gzip, or run the machine on AWS")
    })
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

/// The bucket has answered: what comes next is asked for, or the run starts.
pub(super) fn read(
    cx: &mut Cx<'_>,
    id: BranchId,
    map: &CompiledMap,
    reader: &Reader,
    answer: &Payload,
) -> Result<(), StateFailure> {
    let Phase::Reading(reading) = &cx.branch(id).phase else { return Ok(()) };
    let mut reading = (**reading).clone();
    cx.execution.tasks.remove(&reading.task);
    let limit = match &reader.max_items {
        Some(number) => match shape::number(cx, id, number, "MaxItems")? {
            0 => usize::MAX,
            limit => usize::try_from(limit).unwrap_or(usize::MAX),
        },
        None => usize::MAX,
    };
    let answer = answer.value();
    if let Err(cause) = take_in(&mut reading, reader, answer) {
        map_run::failed(cx, id, reader_failed(cause));
        return Ok(());
    }
    if reading.items.len() < limit {
        match next(&mut reading, reader, answer) {
            Some(Ok(resource)) => {
                call(cx, id, resource, reading);
                return Ok(());
            }
            Some(Err(cause)) => {
                map_run::failed(cx, id, reader_failed(cause));
                return Ok(());
            }
            None => {}
        }
    }
    let ReadingPhase { run, input, mut items, .. } = reading;
    items.truncate(limit);
    let (items, batch_sizes) = map_run::prepared(cx, id, map, &input, items)
        .inspect_err(|_| map_run::halt(cx, id, MapRunStatus::Failed))?;
    map_run::start(cx, id, map, run, input, items, batch_sizes)
}

/// Adds the items of an answer, or the objects that it names; else what is wrong with it.
fn take_in(reading: &mut ReadingPhase, reader: &Reader, answer: &Value) -> Result<(), String> {
    let body = answer.get("Body").and_then(Value::as_str).unwrap_or_default();
    let named: Vec<(Option<String>, String)> = match &reader.leads_to {
        LeadsTo::Objects => {
            reading.items.extend(shape::listed_objects(answer));
            return Ok(());
        }
        LeadsTo::Holders(directory, _) if !reading.is_held => match directory {
            Directory::Listing => keys_in(answer).map(|key| (None, key)).collect(),
            Directory::Inventory => {
                let shape::Inventory { bucket, keys, headers } = shape::inventory(body)?;
                reading.headers = Some(headers);
                keys.into_iter().map(|key| (Some(bucket.clone()), key)).collect()
            }
            Directory::Athena => {
                let objects = shape::athena_objects(body)?.into_iter();
                objects.map(|(bucket, key)| (Some(bucket), key)).collect()
            }
        },
        LeadsTo::Items | LeadsTo::Holders(..) => {
            // The files of an inventory are CSV whatever the definition says of it.
            let csv = ItemFormat::Csv { delimiter: ',', headers: None };
            let format = match (&reader.format, &reading.headers) {
                (ItemFormat::Json, Some(_)) => &csv,
                (format, _) => format,
            };
            let (pointer, headers) = (reader.items_pointer.as_deref(), reading.headers.as_deref());
            reading.items.extend(shape::items_in(body, format, pointer, headers)?);
            return Ok(());
        }
    };
    let asked = reading.parameters.value();
    let objects = named.into_iter().map(|(bucket, key)| {
        let mut object = Map::new();
        let bucket = bucket.map(Value::from).or_else(|| asked.get("Bucket").cloned());
        object.insert("Bucket".to_owned(), bucket.unwrap_or_default());
        object.insert("Key".to_owned(), key.into());
        let owner = asked.get("ExpectedBucketOwner").cloned();
        object.extend(owner.map(|owner| ("ExpectedBucketOwner".to_owned(), owner)));
        Payload::from(Value::Object(object))
    });
    // The next one is last; a page's objects come after those of the pages before.
    let objects: Vec<Payload> = objects.rev().chain(std::mem::take(&mut reading.objects)).collect();
    reading.objects = objects;
    Ok(())
}

/// The keys of a page of a listing, but those of folders that S3's console made: they hold nothing.
fn keys_in(answer: &Value) -> impl DoubleEndedIterator<Item = String> {
    let contents = answer.get("Contents").and_then(Value::as_array);
    let keys = contents.into_iter().flatten().filter_map(|object| object.get("Key")?.as_str());
    keys.filter(|key| !key.ends_with('/')).map(str::to_owned)
}

/// What is read next, and by which call: another page, or an object that was named.
fn next<'a>(
    reading: &mut ReadingPhase,
    reader: &'a Reader,
    answer: &Value,
) -> Option<Result<&'a Arc<Resource>, String>> {
    let next_page = answer.get("NextContinuationToken").filter(|token| token.is_string());
    let lists = match &reader.leads_to {
        LeadsTo::Objects | LeadsTo::Holders(Directory::Listing, _) => !reading.is_held,
        LeadsTo::Items | LeadsTo::Holders(..) => false,
    };
    if let (true, Some(token)) = (lists, next_page) {
        let mut fields = match reading.parameters.value() {
            Value::Object(fields) => fields.clone(),
            _ => Map::new(),
        };
        fields.insert("ContinuationToken".to_owned(), token.clone());
        reading.parameters = Payload::from(Value::Object(fields));
        return Some(Ok(&reader.resource));
    }
    let LeadsTo::Holders(_, resource) = &reader.leads_to else { return None };
    reading.parameters = reading.objects.pop()?;
    reading.is_held = true;
    Some(match unreadable(&reading.parameters) {
        Some(cause) => Err(cause),
        None => Ok(resource),
    })
}

fn reader_failed(cause: String) -> Failure {
    Failure { error: Some("States.ItemReaderFailed".to_owned()), cause: Some(cause) }
}
