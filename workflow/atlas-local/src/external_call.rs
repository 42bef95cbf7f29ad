//! One call of a handler to a service outside.

use atlas_server::ServiceCall;
use serde_json::Value;

/// A call that is over.
#[derive(Debug, Clone, PartialEq)]
pub struct ExternalCall {
    /// The function that made it.
    pub function: String,
    /// The service, as lines and metrics name it.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// `ok`, or the code of what went wrong.
    pub outcome: String,
    /// Whether something went wrong: a condition that was not met is an answer.
    pub fault: bool,
    /// When it began, in milliseconds since the epoch.
    pub started_ms: f64,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

impl ExternalCall {
    /// The line that a function prints for each call, if this is one.
    pub fn of_line(function: &str, line: &str) -> Option<Self> {
        let line: Value = serde_json::from_str(line).ok()?;
        let took_ms = line.get("Duration")?.as_f64()?;
        Some(Self {
            function: function.to_owned(),
            service: line.get("Service")?.as_str()?.to_owned(),
            operation: line.get("Operation")?.as_str()?.to_owned(),
            outcome: line.get("outcome")?.as_str()?.to_owned(),
            fault: line.get("Faults")?.as_u64()? > 0,
            // The line is written when the call is over.
            started_ms: line.pointer("/_aws/Timestamp")?.as_f64()? - took_ms,
            took_ms,
        })
    }

    /// What the console's page of the whole pipeline needs of it.
    pub(crate) fn for_pipeline(&self) -> ServiceCall<'_> {
        ServiceCall {
            service: &self.service,
            operation: &self.operation,
            // What is negative or no number is taken for nothing.
            took_micros: (self.took_ms * 1_000.0) as u64,
            is_failed: self.fault,
        }
    }

    /// When it was over, in milliseconds since the epoch.
    pub fn ended_ms(&self) -> f64 {
        self.started_ms + self.took_ms
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_call_is_read_from_the_line_that_a_function_prints() {
        let line = json!({
            "_aws": {"Timestamp": 250}, "Service": "DynamoDB", "Operation": "PutItem",
            "Duration": 100.5, "Faults": 0, "attempt": 1, "outcome": "ok",
        });
        let call = ExternalCall::of_line("CreateLeadHandler", &line.to_string()).unwrap();
        assert_eq!((call.started_ms, call.operation.as_str()), (149.5, "PutItem"));
        for other in ["", "ready", "{}", r#"{"_aws": {}, "Service": "Salesforce", "ApiUsage": 12}"#]
        {
            assert_eq!(ExternalCall::of_line("CreateLeadHandler", other), None, "{other}");
        }
    }
}
