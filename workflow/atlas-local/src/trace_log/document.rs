//! Invocations and calls in X-Ray's words (X-Ray Developer Guide, "Segment documents").
//!
//! What X-Ray has no field for stands in the metadata of the namespace `atlas`: digests of what was asked and
//! answered, whether a connection was new, memory.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use atlas_engine::Place;
use atlas_lambda::{Init, InvocationRecord};
use atlas_sandbox::{ServedCall, Service};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::log::Seen;

/// An answer of `BatchGetTraces`, with a trace for each invocation.
pub(super) fn batch(seen: Seen) -> Value {
    let Seen { mut invocations, mut calls } = seen;
    invocations.sort_by_key(|record| record.started_at);
    calls.sort_by_key(|call| call.started_at);
    let mut by_environment: HashMap<String, Vec<ServedCall>> = HashMap::new();
    // Each belongs to the invocation that its environment had last: what goes on after an answer as well.
    for call in calls.into_iter().rev() {
        let environment = call.entrance.as_deref().unwrap_or_default();
        by_environment.entry(environment.to_owned()).or_default().push(call);
    }
    let mut later: HashMap<&str, SystemTime> = HashMap::new();
    let mut until = vec![None; invocations.len()];
    for (at, record) in invocations.iter().enumerate().rev() {
        until[at] = later.insert(&record.environment, began(record));
    }
    let traces: Vec<Value> = invocations
        .iter()
        .zip(until)
        .map(|(record, until)| {
            let mut own = Vec::new();
            if let Some(calls) = by_environment.get_mut(&record.environment) {
                let is_before = |call: &ServedCall| {
                    until.is_none_or(|until| seconds_of(call.started_at) < seconds(until))
                };
                while calls.last().is_some_and(is_before) {
                    own.extend(calls.pop());
                }
            }
            trace(record, &own)
        })
        .collect();
    json!({"Traces": traces, "UnprocessedTraceIds": []})
}

fn trace(record: &InvocationRecord, calls: &[ServedCall]) -> Value {
    let id = record
        .trace_id
        .split(';')
        .find_map(|field| field.strip_prefix("Root="))
        .unwrap_or(&record.trace_id);
    let segment = segment(record, id, calls);
    let took = seconds(record.ended_at) - seconds(began(record));
    json!({
        "Id": id, "Duration": took, "LimitExceeded": false,
        "Segments": [{"Id": segment["id"], "Document": segment.to_string()}],
    })
}

fn segment(record: &InvocationRecord, trace: &str, calls: &[ServedCall]) -> Value {
    let started = seconds(record.started_at);
    // A handler's clock is the sandbox's: calls of the init phase begin before the invocation does.
    let (in_init, of_handler): (Vec<&ServedCall>, Vec<&ServedCall>) =
        calls.iter().partition(|call| seconds_of(call.started_at) < started);
    let mut parts = Vec::new();
    if let Some(init) = &record.init {
        parts.push(initialization(init, &in_init));
    }
    parts.push(json!({
        "id": id(), "name": "Invocation", "start_time": started,
        "end_time": seconds(record.ended_at), "fault": record.is_failed,
        "subsegments": of_handler.iter().map(|call| subsegment(call)).collect::<Vec<_>>(),
    }));
    let place = Place::default();
    let mut segment = json!({
        "id": id(), "name": &*record.function, "trace_id": trace,
        "start_time": started, "end_time": seconds(record.ended_at),
        "origin": "AWS::Lambda::Function", "fault": record.is_failed,
        "aws": {
            "account_id": &*place.account,
            "function_arn": format!(
                "arn:aws:lambda:{}:{}:function:{}", place.region, place.account, record.function
            ),
            "request_id": record.request_id,
        },
        "annotations": {"environment": record.environment},
        "metadata": {"atlas": {"memory_mb": record.memory_megabytes}},
        "subsegments": parts,
    });
    if let Some(arn) = &record.execution_arn {
        segment["annotations"]["execution_arn"] = json!(&**arn);
    }
    if let Some(used) = record.used_megabytes {
        segment["metadata"]["atlas"]["used_mb"] = json!(used);
    }
    segment
}

fn initialization(init: &Init, calls: &[&ServedCall]) -> Value {
    let from = seconds(init.started_at);
    let (process, runtime) = (init.process.as_secs_f64(), init.runtime.as_secs_f64());
    let mut parts: Vec<Value> = calls.iter().map(|call| subsegment(call)).collect();
    if process > 0.0 {
        parts.push(phase("Start of the process", from, from + process));
    }
    parts.push(phase(
        "Start of the runtime and the function",
        from + process,
        from + process + runtime,
    ));
    json!({
        "id": id(), "name": "Initialization", "start_time": from,
        "end_time": from + process + runtime, "subsegments": parts,
    })
}

fn phase(name: &str, from: f64, until: f64) -> Value {
    json!({"id": id(), "name": name, "start_time": from, "end_time": until})
}

fn subsegment(call: &ServedCall) -> Value {
    let is_aws = call.service != Service::Salesforce;
    let mut told = json!({
        "id": id(), "name": call.service.name(),
        "namespace": if is_aws { "aws" } else { "remote" },
        "start_time": seconds_of(call.started_at), "end_time": seconds_of(call.ended_at),
        "metadata": {"atlas": {
            "arguments": call.arguments, "new_connection": call.new_connection,
        }},
    });
    if is_aws {
        told["aws"] = json!({"operation": call.operation});
    } else {
        told["metadata"]["atlas"]["operation"] = json!(call.operation);
    }
    if let Some(answer) = &call.answer {
        told["metadata"]["atlas"]["answer"] = json!(answer);
    }
    match call.status {
        Some(status) => {
            told["http"] = json!({"response": {"status": status}});
            told["error"] = json!((400..500).contains(&status));
            told["throttle"] = json!(status == 429);
            told["fault"] = json!(status >= 500);
        }
        // Reset, or never answered.
        None => told["fault"] = json!(true),
    }
    told
}

fn began(record: &InvocationRecord) -> SystemTime {
    record.init.map_or(record.started_at, |init| init.started_at)
}

fn seconds(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

fn seconds_of(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

/// 64 bits in hex.
fn id() -> String {
    let mut id = Uuid::new_v4().simple().to_string();
    id.truncate(16);
    id
}
