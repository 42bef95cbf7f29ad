//! What `TestState` answers: how the state ended and, for whoever wants to see, its data on the way.

use atlas_core::{
    Failure, Payload,
    trial::{Ending, Handler, Inspection, Report},
};
use atlas_engine::runner::HttpExchange;
use serde_json::{Map, Value, json};

use super::http_exchange::{self, Secrets};

/// How much is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// How the state ended.
    Info,
    /// And its data on the way.
    Debug,
    /// And the exchange of an HTTP task.
    Trace,
}

/// The answer to a test.
pub(crate) fn answer(
    report: &Report,
    level: Level,
    input: &Payload,
    exchange: Option<(&HttpExchange, Secrets)>,
) -> Value {
    let mut answer = Map::new();
    let (status, failure) = match &report.ending {
        Ending::Succeeded { output, next } => {
            answer.insert("output".into(), output.text().into());
            if let Some(next) = next {
                answer.insert("nextState".into(), next.as_str().into());
            }
            ("SUCCEEDED", None)
        }
        Ending::Failed(failure) => ("FAILED", Some(failure)),
        Ending::Retriable(failure) => ("RETRIABLE", Some(failure)),
        Ending::Caught { failure, output, next } => {
            answer.insert("output".into(), output.text().into());
            answer.insert("nextState".into(), next.as_str().into());
            ("CAUGHT_ERROR", Some(failure))
        }
    };
    answer.insert("status".into(), status.into());
    if let Some(Failure { error, cause }) = failure {
        for (field, text) in [("error", error), ("cause", cause)] {
            if let Some(text) = text {
                answer.insert(field.into(), text.as_str().into());
            }
        }
    }
    if level != Level::Info {
        let mut data = inspected(&report.inspection, input);
        if let (Level::Trace, Some((exchange, secrets))) = (level, exchange) {
            http_exchange::show(exchange, secrets, &mut data);
        }
        answer.insert("inspectionData".into(), Value::Object(data));
    }
    Value::Object(answer)
}

fn inspected(inspection: &Inspection, input: &Payload) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("input".into(), input.text().into());
    for (field, payload) in [
        ("afterArguments", &inspection.after_arguments),
        ("afterInputPath", &inspection.after_input_path),
        ("afterParameters", &inspection.after_parameters),
        ("result", &inspection.result),
        ("afterResultSelector", &inspection.after_result_selector),
        ("afterResultPath", &inspection.after_result_path),
    ] {
        if let Some(payload) = payload {
            data.insert(field.into(), payload.text().into());
        }
    }
    for (field, items) in [
        ("afterItemsPath", &inspection.after_items_path),
        ("afterItemSelector", &inspection.after_item_selector),
        ("afterItemBatcher", &inspection.after_item_batcher),
    ] {
        if let Some(items) = items {
            data.insert(field.into(), listed(items).into());
        }
    }
    // Recorded in 2026: unlike the others, as JSON.
    if let Some(items) = &inspection.after_items_pointer {
        let items: Value = items.iter().map(|item| item.value().clone()).collect();
        data.insert("afterItemsPointer".into(), items.to_string().into());
    }
    if !inspection.variables.is_empty() {
        let variables: Map<String, Value> = inspection
            .variables
            .iter()
            .map(|(name, value)| (name.to_string(), value.value().clone()))
            .collect();
        data.insert("variables".into(), Value::Object(variables).to_string().into());
    }
    if let Some(count) = inspection.tolerated_failure_count {
        data.insert("toleratedFailureCount".into(), count.into());
    }
    if let Some(percentage) = inspection.tolerated_failure_percentage {
        data.insert("toleratedFailurePercentage".into(), percentage.into());
    }
    if let Some(concurrency) = inspection.max_concurrency {
        data.insert("maxConcurrency".into(), concurrency.into());
    }
    let details = match inspection.handler {
        None => return data,
        Some(Handler::Catch { index }) => json!({ "catchIndex": index }),
        Some(Handler::Retry { index, backoff_seconds }) => {
            json!({ "retryIndex": index, "retryBackoffIntervalSeconds": backoff_seconds })
        }
    };
    data.insert("errorDetails".into(), details);
    data
}

/// Recorded (test_state_machine_with_state_error): the items with a space after each comma, where other
/// documents are compact.
fn listed(items: &[Payload]) -> String {
    let items: Vec<&str> = items.iter().map(Payload::text).collect();
    format!("[{}]", items.join(", "))
}
