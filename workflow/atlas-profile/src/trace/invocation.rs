//! What a trace says of each invocation of a function: its phases and its calls.

use serde_json::Value;

use super::{Segment, Trace};
use crate::place::{operation_name, service_name};

/// One invocation of a function.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Invocation {
    /// The function's name.
    pub function: String,
    /// Its trace.
    pub trace: String,
    /// The execution that invoked it, where that is told.
    pub execution_arn: Option<String>,
    /// The execution environment, where that is told.
    pub environment: Option<String>,
    /// In milliseconds since the epoch, from its first phase on.
    pub started_ms: f64,
    /// When it was over, in milliseconds since the epoch.
    pub ended_ms: f64,
    /// When the handler began.
    pub handler_started_ms: f64,
    /// When the handler answered.
    pub handler_ended_ms: f64,
    /// What a new environment went through before the handler; none in one that was there.
    pub init: Vec<Phase>,
    /// Whether it failed.
    pub is_failed: bool,
    /// What the function is given, in MB, where that is told.
    pub memory_mb: Option<f64>,
    /// The most that its environment used so far, in MB, where that is told.
    pub used_mb: Option<f64>,
    /// The calls that it made, in the order in which they began.
    pub calls: Vec<Call>,
}

/// A phase of a cold start.
#[derive(Debug, Clone, PartialEq)]
pub struct Phase {
    /// `Initialization`, or a part of it.
    pub name: String,
    /// In milliseconds since the epoch.
    pub started_ms: f64,
    /// In milliseconds since the epoch.
    pub ended_ms: f64,
}

/// One call of a function to a service outside.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Call {
    /// The service.
    pub service: String,
    /// The operation, or the method where no more is told.
    pub operation: String,
    /// In milliseconds since the epoch.
    pub started_ms: f64,
    /// In milliseconds since the epoch.
    pub ended_ms: f64,
    /// `throttle`, `fault` or `error`, where it failed.
    pub failure: Option<&'static str>,
    /// Further tries that the client made within this call.
    pub retries: u64,
    /// A digest of what was asked, where that is told. The same digest is the same question.
    pub arguments: Option<String>,
    /// A digest of the answer, where that is told.
    pub answer: Option<String>,
    /// Whether it opened its connection, where that is told.
    pub new_connection: Option<bool>,
}

impl Call {
    /// How long it took.
    pub fn took_ms(&self) -> f64 {
        self.ended_ms - self.started_ms
    }
}

impl Invocation {
    /// The invocations of a trace, in the order in which they began.
    pub fn of(trace: &Trace) -> Vec<Self> {
        let functions = trace
            .segments
            .iter()
            .filter(|it| it.origin.as_deref() == Some("AWS::Lambda::Function"));
        let mut found: Vec<Self> =
            functions.map(|segment| Self::of_segment(&trace.id, segment)).collect();
        found.sort_by(|one, other| one.started_ms.total_cmp(&other.started_ms));
        found
    }

    fn of_segment(trace: &str, segment: &Segment) -> Self {
        let named = |name: &str| segment.subsegments.iter().find(|part| part.name == name);
        let handler = named("Invocation").unwrap_or(segment);
        let init = named("Initialization").into_iter().flat_map(phases).collect();
        let number = |name: &str| segment.metadata.get(name).and_then(Value::as_f64);
        let mut calls = Vec::new();
        // Functions whose calls are not below their `Invocation` have them below the segment.
        collect(segment, &mut calls);
        calls.sort_by(|one: &Call, other| one.started_ms.total_cmp(&other.started_ms));
        let starts = segment.subsegments.iter().filter(|part| part.namespace.is_none());
        Self {
            function: segment.name.clone(),
            trace: trace.to_owned(),
            execution_arn: segment.annotation("execution_arn"),
            environment: segment.annotation("environment"),
            started_ms: starts.map(|part| part.started_ms).fold(segment.started_ms, f64::min),
            ended_ms: segment.ended_ms,
            handler_started_ms: handler.started_ms,
            handler_ended_ms: handler.ended_ms,
            init,
            is_failed: segment.failure.is_some() || handler.failure.is_some(),
            memory_mb: number("memory_mb"),
            used_mb: number("used_mb"),
            calls,
        }
    }

    /// Whether its environment was new.
    pub fn is_cold(&self) -> bool {
        !self.init.is_empty()
    }

    /// How long the handler took.
    pub fn handler_ms(&self) -> f64 {
        self.handler_ended_ms - self.handler_started_ms
    }

    /// How long the init phase took.
    pub fn init_ms(&self) -> f64 {
        self.init.iter().map(|phase| phase.ended_ms - phase.started_ms).sum()
    }
}

/// An init phase: its parts where it has some, and what is left of it.
fn phases(init: &Segment) -> Vec<Phase> {
    let phase = |name: &str, started_ms: f64, ended_ms: f64| Phase {
        name: name.to_owned(),
        started_ms,
        ended_ms,
    };
    let mut phases = Vec::new();
    let mut at = init.started_ms;
    for part in init.subsegments.iter().filter(|part| part.namespace.is_none()) {
        phases.push(phase(&part.name, part.started_ms.max(at), part.ended_ms));
        at = part.ended_ms;
    }
    if phases.is_empty() || at < init.ended_ms {
        phases.push(phase(&init.name, at, init.ended_ms));
    }
    phases
}

/// The calls below a segment. What a client does within a call is the call's own affair.
fn collect(segment: &Segment, calls: &mut Vec<Call>) {
    for part in &segment.subsegments {
        match part.namespace.as_deref() {
            Some("aws" | "remote") => calls.push(call(part)),
            _ => collect(part, calls),
        }
    }
}

fn call(part: &Segment) -> Call {
    let operation = part.aws.get("operation").and_then(Value::as_str).map(operation_name);
    let text = |name: &str| part.metadata.get(name).and_then(Value::as_str).map(str::to_owned);
    Call {
        service: service_name(&part.name),
        operation: operation
            .or_else(|| text("operation"))
            .or_else(|| part.method.clone())
            .unwrap_or_else(|| "call".to_owned()),
        started_ms: part.started_ms,
        ended_ms: part.ended_ms,
        failure: part.failure,
        retries: part.aws.get("retries").and_then(Value::as_u64).unwrap_or(0),
        arguments: text("arguments"),
        answer: text("answer"),
        new_connection: part.metadata.get("new_connection").and_then(Value::as_bool),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_function_of_a_trace_has_phases_and_calls_wherever_they_stand() {
        let document = json!({
            "id": "a", "name": "Create", "origin": "AWS::Lambda::Function",
            "start_time": 10.3, "end_time": 11.0, "aws": {"function_arn": "arn"},
            "subsegments": [
                {"id": "i", "name": "Initialization", "start_time": 10.0, "end_time": 10.25},
                {"id": "h", "name": "Invocation", "start_time": 10.3, "end_time": 10.9, "subsegments": [
                    {"id": "own", "name": "## handler", "start_time": 10.3, "end_time": 10.9, "subsegments": [
                        {"id": "c", "name": "DynamoDB", "namespace": "aws", "start_time": 10.4, "end_time": 10.5,
                         "aws": {"operation": "PutItem", "retries": 1}, "throttle": true, "error": true}]}]},
                {"id": "o", "name": "Overhead", "start_time": 10.9, "end_time": 11.0}]
        });
        let apart = json!({
            "id": "d", "parent_id": "own", "type": "subsegment", "name": "api.example.com", "namespace": "remote",
            "start_time": 10.5, "end_time": 10.8,
            "http": {"request": {"method": "POST", "url": "https://api.example.com/x?secret"}, "response": {"status": 200}}
        });
        let inferred = json!({
            "id": "e", "parent_id": "c", "name": "DynamoDB", "origin": "AWS::DynamoDB::Table",
            "start_time": 10.4, "end_time": 10.5
        });
        let batch = json!({"Traces": [{"Id": "1-2-3", "Segments": [
            {"Id": "e", "Document": inferred.to_string()},
            {"Id": "d", "Document": apart.to_string()},
            {"Id": "a", "Document": document},
        ]}], "UnprocessedTraceIds": []});
        let traces = Trace::of_batch(&batch).unwrap();
        let [invocation] = &Invocation::of(&traces[0])[..] else { panic!("{traces:?}") };
        assert!(invocation.is_cold());
        let ms = |value: f64| value.round();
        assert_eq!(
            (ms(invocation.init_ms()), ms(invocation.handler_ms()), ms(invocation.started_ms)),
            (250.0, 600.0, 10_000.0)
        );
        let calls: Vec<_> = invocation
            .calls
            .iter()
            .map(|call| {
                (call.service.as_str(), call.operation.as_str(), ms(call.took_ms()), call.failure)
            })
            .collect();
        assert_eq!(
            calls,
            [
                ("dynamodb", "PutItem", 100.0, Some("throttle")),
                ("api.example.com", "POST", 300.0, None)
            ]
        );
    }

    #[test]
    fn what_is_no_trace_is_refused_with_its_place() {
        let check = |batch: Value, expected: &str| {
            let error = Trace::of_batch(&batch).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        };
        check(json!([]), "trace 0, segment 0: `Traces`");
        check(json!({"Traces": [{"Segments": []}, {}]}), "trace 1, segment 0: `Segments`");
        let segment = |document: Value| json!({"Traces": [{"Segments": [{"Document": document}]}]});
        check(segment(json!("{")), "trace 0, segment 0: `Document`");
        check(segment(json!("{}")), "trace 0, segment 0: `start_time`");
        check(segment(json!({"start_time": 1})), "trace 0, segment 0: `name`");
    }
}
