//! Where lines go: standard output on Lambda, a collector in a run of one process, a list in tests.

use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ExternalCall, Metric, Warning, context::Context};

/// The namespace of the metrics.
const NAMESPACE: &str = "AtlasEngine";

/// What a sink takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// An external call that is over.
    Call(ExternalCall),
    /// A number.
    Metric(Metric),
    /// Something for an operator.
    Warning(Warning),
}

/// Takes lines, quickly: it is called between the steps of a handler.
pub trait Sink: Send + Sync {
    /// Takes one.
    fn take(&self, line: &Line);
}

/// Everything, in memory.
impl Sink for Mutex<Vec<Line>> {
    fn take(&self, line: &Line) {
        self.lock().unwrap_or_else(PoisonError::into_inner).push(line.clone());
    }
}

static INSTALLED: OnceLock<Arc<dyn Sink>> = OnceLock::new();

/// Sends the lines of this process to `sink`. The first one stays; says whether this is it.
pub fn install(sink: Arc<dyn Sink>) -> bool {
    INSTALLED.set(sink).is_ok()
}

/// To the sink of the task, else to that of the process. Without either nothing is written: the
/// standard output of a command line is for data.
pub(super) fn emit(line: &Line) {
    if let Some(sink) = Context::here().sink.as_ref().or_else(|| INSTALLED.get()) {
        sink.take(line);
    }
}

/// One line of JSON each on standard output, in CloudWatch's embedded metric format: a line is read
/// as a log record and as the metrics in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandardOutput;

impl Sink for StandardOutput {
    fn take(&self, line: &Line) {
        let mut text = line.to_json(Timestamp::now()).to_string();
        text.push('\n');
        // A log that cannot be written must not fail a call.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
    }
}

impl Line {
    /// The line, with the metrics that CloudWatch shall find in it.
    pub fn to_json(&self, at: Timestamp) -> Value {
        match self {
            Self::Call(call) => json!({
                "_aws": embedded(
                    at,
                    &["Service", "Operation"],
                    &[("Duration", "Milliseconds"), ("Faults", "Count")],
                ),
                "Service": call.service.name(),
                "Operation": call.operation.as_ref(),
                "Duration": milliseconds(call),
                "Faults": u8::from(call.fault),
                "attempt": call.attempt,
                "outcome": call.outcome.as_str(),
                "interactionKey": call.key.as_ref().map(|key| key.as_str()),
                "traceId": call.trace.map(|trace| trace.to_string()),
            }),
            Self::Metric(metric) => json!({
                "_aws": embedded(at, &["Service"], &[(metric.name, metric.unit.name())]),
                "Service": metric.service.name(),
                metric.name: metric.value,
            }),
            Self::Warning(warning) => json!({
                "timestamp": at.to_string(),
                "level": "WARN",
                "message": warning.message,
                "cause": warning.cause,
                "interactionKey": warning.key.as_ref().map(|key| key.as_str()),
                "traceId": warning.trace.map(|trace| trace.to_string()),
            }),
        }
    }
}

/// Milliseconds, to the microsecond.
fn milliseconds(call: &ExternalCall) -> f64 {
    (call.duration.as_secs_f64() * 1e6).round() / 1e3
}

fn embedded(at: Timestamp, dimensions: &[&str], metrics: &[(&str, &str)]) -> Value {
    let metrics: Vec<_> =
        metrics.iter().map(|(name, unit)| json!({"Name": name, "Unit": unit})).collect();
    json!({
        "Timestamp": at.as_millisecond(),
        "CloudWatchMetrics": [{
            "Namespace": NAMESPACE,
            "Dimensions": [dimensions],
            "Metrics": metrics,
        }],
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::observe::{Code, Service, TraceParent, Unit};

    #[test]
    fn a_line_is_a_log_record_and_a_metric() {
        let at = Timestamp::from_second(1_795_000_000).unwrap();
        let root = "1-5759e988-bd862e3fe1be46a994272793";
        let parent = TraceParent::from_x_ray(&format!("Root={root}"));
        let check = |line: Line, expected: Value| assert_eq!(line.to_json(at), expected);
        check(
            Line::Call(ExternalCall {
                service: Service::Salesforce,
                operation: "UpsertLead".into(),
                key: Some("k-1".parse().unwrap()),
                trace: parent.map(|parent| parent.trace),
                started_at: at,
                attempt: 1,
                duration: Duration::from_micros(200_250),
                outcome: Code::new("ok"),
                fault: false,
            }),
            json!({
                "_aws": {"Timestamp": 1_795_000_000_000_i64, "CloudWatchMetrics": [{
                    "Namespace": "AtlasEngine",
                    "Dimensions": [["Service", "Operation"]],
                    "Metrics": [{"Name": "Duration", "Unit": "Milliseconds"},
                                {"Name": "Faults", "Unit": "Count"}],
                }]},
                "Service": "Salesforce", "Operation": "UpsertLead", "Duration": 200.25, "Faults": 0,
                "attempt": 1, "outcome": "ok", "interactionKey": "k-1", "traceId": root,
            }),
        );
        check(
            Line::Metric(Metric {
                service: Service::Salesforce,
                name: "ApiUsage",
                value: 12.5,
                unit: Unit::Percent,
            }),
            json!({
                "_aws": {"Timestamp": 1_795_000_000_000_i64, "CloudWatchMetrics": [{
                    "Namespace": "AtlasEngine",
                    "Dimensions": [["Service"]],
                    "Metrics": [{"Name": "ApiUsage", "Unit": "Percent"}],
                }]},
                "Service": "Salesforce", "ApiUsage": 12.5,
            }),
        );
        check(
            Line::Warning(Warning {
                message: "no answer is asked for",
                cause: "Timeout".to_owned(),
                key: None,
                trace: None,
            }),
            json!({
                "timestamp": "2026-11-18T11:06:40Z", "level": "WARN",
                "message": "no answer is asked for", "cause": "Timeout",
                "interactionKey": null, "traceId": null,
            }),
        );
    }
}
