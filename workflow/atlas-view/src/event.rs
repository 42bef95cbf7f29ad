//! One event of a history, in AWS's words, from whichever of its sources.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its id; the first is 1.
    pub id: u64,
    /// The event that led to it, in its own branch; 0 for the first state's.
    pub previous_id: u64,
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
    /// `TaskStateEntered`, `TaskFailed`, …
    pub event_type: String,
    /// What its type tells, without the name of the field that it stands in.
    pub details: Map<String, Value>,
}

/// A document that is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an event of a history: `{field}` is {problem}; expected {expected}")]
pub struct UnreadableEvent {
    field: &'static str,
    problem: &'static str,
    expected: &'static str,
}

impl Event {
    /// Reads an event of `GetExecutionHistory`; its time is a number of seconds, or an ISO-8601 text, as AWS's
    /// own command line writes it.
    pub fn of_api(value: &Value) -> Result<Self, UnreadableEvent> {
        let details = value.as_object().into_iter().flatten();
        let mut details = details.filter(|(name, _)| name.ends_with("EventDetails"));
        Ok(Self {
            id: number(value, "id")?,
            previous_id: number_or_none(value, "previousEventId")?.unwrap_or(0),
            at_ms: moment(field(value, "timestamp")?).ok_or(UnreadableEvent {
                field: "timestamp",
                problem: "no moment",
                expected: "seconds since the epoch, or an ISO-8601 text",
            })?,
            event_type: text(value, "type")?.to_owned(),
            details: details.next().and_then(|(_, it)| it.as_object().cloned()).unwrap_or_default(),
        })
    }

    /// Reads a record that Step Functions wrote to CloudWatch Logs, and says whose event it is. In such a
    /// record every scalar is a text (recorded: test_sfn_api_logs).
    pub fn of_log_record(value: &Value) -> Result<(String, Self), UnreadableEvent> {
        let event = Self {
            id: number(value, "id")?,
            previous_id: number_or_none(value, "previous_event_id")?.unwrap_or(0),
            at_ms: signed(field(value, "event_timestamp")?).ok_or(UnreadableEvent {
                field: "event_timestamp",
                problem: "no number",
                expected: "milliseconds since the epoch",
            })?,
            event_type: text(value, "type")?.to_owned(),
            details: value["details"].as_object().cloned().unwrap_or_default(),
        };
        Ok((text(value, "execution_arn")?.to_owned(), event))
    }

    /// A text of the details.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.details.get(name)?.as_str()
    }

    /// A whole number of the details, which log records write as text.
    pub fn number(&self, name: &str) -> Option<u64> {
        unsigned(self.details.get(name)?)
    }

    /// A document of the details (`input`, `output`, `parameters`), which is written as JSON text.
    ///
    /// `None` where it is absent, or cut short because it was too long for a log record.
    pub fn document(&self, name: &str) -> Option<Value> {
        let told = self.details.get(&format!("{name}Details"));
        let truncated = told.and_then(|told| told.get("truncated"));
        if truncated.is_some_and(|cut| *cut == true || *cut == "true") {
            return None;
        }
        self.details.get(name).map(document)
    }

    /// The state's type and whether it was entered: `TaskStateEntered` is `("Task", true)`.
    pub(crate) fn of_state(&self) -> Option<(&str, bool)> {
        let name = self.event_type.as_str();
        let entered = name.strip_suffix("StateEntered").map(|state_type| (state_type, true));
        entered.or_else(|| Some((name.strip_suffix("StateExited")?, false)))
    }
}

/// A document, which AWS writes as JSON text; what is no JSON is taken as it is.
pub(crate) fn document(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}

/// Milliseconds since the epoch of a number of seconds, or of an ISO-8601 text.
pub(crate) fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Number(seconds) =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "`as` ends at the largest number")]
            seconds.as_f64().map(|seconds| (seconds * 1000.0).round() as i64)
        }
        Value::String(text) => text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond),
        _ => None,
    }
}

fn field<'a>(value: &'a Value, name: &'static str) -> Result<&'a Value, UnreadableEvent> {
    value.get(name).ok_or(UnreadableEvent { field: name, problem: "absent", expected: "one" })
}

fn text<'a>(value: &'a Value, name: &'static str) -> Result<&'a str, UnreadableEvent> {
    field(value, name)?.as_str().ok_or(UnreadableEvent {
        field: name,
        problem: "no text",
        expected: "a text",
    })
}

fn number(value: &Value, name: &'static str) -> Result<u64, UnreadableEvent> {
    unsigned(field(value, name)?).ok_or(UnreadableEvent {
        field: name,
        problem: "no whole number",
        expected: "a whole number",
    })
}

fn number_or_none(value: &Value, name: &'static str) -> Result<Option<u64>, UnreadableEvent> {
    value.get(name).map(|_| number(value, name)).transpose()
}

fn unsigned(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn signed(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::*;

    fn check(read: Result<Event, UnreadableEvent>, expected: Expect) {
        expected.assert_eq(&match read {
            Ok(event) => format!(
                "{} < {} at {} {} {}",
                event.id,
                event.previous_id,
                event.at_ms,
                event.event_type,
                Value::Object(event.details)
            ),
            Err(error) => error.to_string(),
        });
    }

    #[test]
    fn events_of_the_api_have_a_time_in_seconds_or_as_text() {
        check(
            Event::of_api(&json!({
                "id": 3, "previousEventId": 2, "timestamp": 1700000000.123, "type": "TaskFailed",
                "taskFailedEventDetails": { "error": "E", "resource": "invoke" }
            })),
            expect![[r#"3 < 2 at 1700000000123 TaskFailed {"error":"E","resource":"invoke"}"#]],
        );
        check(
            Event::of_api(&json!({
                "id": 4, "timestamp": "2026-11-20T09:15:30.5-06:00", "type": "ParallelStateStarted"
            })),
            expect!["4 < 0 at 1795187730500 ParallelStateStarted {}"],
        );
        check(
            Event::of_api(&json!({ "id": 4, "timestamp": "soon", "type": "ExecutionStarted" })),
            expect![
                "not an event of a history: `timestamp` is no moment; expected seconds since the epoch, or an ISO-8601 text"
            ],
        );
        check(
            Event::of_api(&json!([1])),
            expect!["not an event of a history: `id` is absent; expected one"],
        );
    }

    #[test]
    fn scalars_of_log_records_are_texts() {
        let record = json!({
            "id": "2", "type": "PassStateEntered", "previous_event_id": "0",
            "event_timestamp": "1700000000123", "execution_arn": "arn", "redrive_count": "0",
            "details": { "name": "A", "input": "{\"a\":1}", "inputDetails": { "truncated": "true" } }
        });
        let (arn, event) = Event::of_log_record(&record).unwrap();
        assert_eq!((arn.as_str(), event.document("input")), ("arn", None));
        check(
            Ok(event),
            expect![[
                r#"2 < 0 at 1700000000123 PassStateEntered {"name":"A","input":"{\"a\":1}","inputDetails":{"truncated":"true"}}"#
            ]],
        );
    }
}
