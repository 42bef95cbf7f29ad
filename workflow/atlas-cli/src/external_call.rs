//! The calls that handlers made to services outside, as rows of the same drawings as states.

use atlas_asl::model::StateType;
use atlas_core::Timestamp;
use atlas_local::ExternalCall;
use serde_json::{Value, json};

use crate::span::{SpanStatus, SpanTime, StateSpan};

/// A call in a report for a script.
pub(crate) fn document(call: &ExternalCall) -> Value {
    json!({
        "function": call.function,
        "service": call.service,
        "operation": call.operation,
        "outcome": call.outcome,
        "fault": call.fault,
        "startedAt": Timestamp::from_millis(call.started_ms.round() as i64).to_string(),
        "milliseconds": call.took_ms,
    })
}

/// The calls as rows, function by function, each as it first came, and in it call by call.
pub(crate) fn spans(calls: &[ExternalCall]) -> Vec<StateSpan> {
    let mut sorted: Vec<&ExternalCall> = calls.iter().collect();
    sorted.sort_by(|a, b| a.started_ms.total_cmp(&b.started_ms));
    let mut functions: Vec<&str> = Vec::new();
    for call in &sorted {
        if !functions.contains(&call.function.as_str()) {
            functions.push(&call.function);
        }
    }
    functions
        .into_iter()
        .flat_map(|function| sorted.iter().filter(move |call| call.function == function))
        .map(|call| span(call))
        .collect()
}

/// What a call is called stands where a state's name stands.
fn span(call: &ExternalCall) -> StateSpan {
    StateSpan {
        machine: call.function.clone(),
        lane: Vec::new(),
        state: format!("{} {}", call.service, call.operation),
        state_type: StateType::Task,
        status: if call.fault { SpanStatus::Failed } else { SpanStatus::Succeeded },
        time: SpanTime::Working,
        attempt: 1,
        started_ms: call.started_ms.round() as i64,
        ended_ms: Some(call.ended_ms().round() as i64),
        error: call.fault.then(|| call.outcome.clone()),
    }
}

#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    pub(crate) fn call(
        function: &str,
        service: &str,
        operation: &str,
        ended_ms: f64,
    ) -> ExternalCall {
        ExternalCall {
            function: function.to_owned(),
            service: service.to_owned(),
            operation: operation.to_owned(),
            outcome: "ok".to_owned(),
            fault: false,
            started_ms: ended_ms - 10.0,
            took_ms: 10.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{samples::call, *};

    #[test]
    fn rows_stand_by_function_and_in_it_by_time() {
        let calls = [
            call("B", "DynamoDB", "second", 40.0),
            call("A", "DynamoDB", "third", 60.0),
            call("B", "DynamoDB", "first", 20.0),
        ];
        let rows: Vec<(String, String)> =
            spans(&calls).into_iter().map(|span| (span.machine, span.state)).collect();
        let row = |function: &str, call: &str| (function.to_owned(), format!("DynamoDB {call}"));
        assert_eq!(rows, [row("B", "first"), row("B", "second"), row("A", "third")]);
    }
}
