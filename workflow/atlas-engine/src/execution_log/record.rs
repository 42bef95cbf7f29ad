//! One record, as it stands in CloudWatch Logs.

use std::{fmt, sync::Arc};

use atlas_core::history::HistoryEvent;
use serde::Serialize;
use serde_json::{Map, Value};

/// How many bytes of an execution's data a record holds, as JSON writes them into a string. The developer
/// guide: what exceeds 248 KB is cut, and `inputDetails` or `outputDetails` says so.
const MOST_DATA: usize = 248 * 1024;

/// What a record holds beside the data: itself, names, and mostly a short cause.
const OVERHEAD: usize = 1024;

/// A history event of an execution whose machine logs it.
#[derive(Clone)]
pub struct LogRecord {
    pub(super) group_arn: Arc<str>,
    pub(super) includes_data: bool,
    pub(super) execution_arn: Arc<str>,
    pub(super) redrives: usize,
    pub(super) event: HistoryEvent,
}

/// As it is written. Recorded: numbers are texts, whether something was cut is not.
#[derive(Serialize)]
struct Written<'a> {
    id: String,
    #[serde(rename = "type")]
    event_type: &'a str,
    details: Value,
    previous_event_id: String,
    event_timestamp: String,
    execution_arn: &'a str,
    redrive_count: String,
}

impl LogRecord {
    /// The ARN of the log group that it is meant for, as the machine names it.
    pub fn group_arn(&self) -> &str {
        &self.group_arn
    }

    /// About how much memory it holds.
    pub fn bytes(&self) -> usize {
        OVERHEAD + if self.includes_data { self.event.data_bytes() } else { 0 }
    }

    /// The record as one line of JSON, without its end.
    pub fn line(&self) -> String {
        let Self { event, includes_data, execution_arn, redrives, .. } = self;
        let details = serde_json::to_value(event.details(*includes_data))
            .expect("names are texts, values are JSON");
        let written = Written {
            id: event.id.to_string(),
            event_type: event.event_type(),
            details: as_logged(details),
            previous_event_id: event.previous_event_id.to_string(),
            event_timestamp: event.timestamp.as_millis().to_string(),
            execution_arn,
            redrive_count: redrives.to_string(),
        };
        serde_json::to_string(&written).expect("its keys are texts")
    }
}

impl fmt::Debug for LogRecord {
    /// Without the execution's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogRecord({} {})", self.execution_arn, self.event.id)
    }
}

/// The details with numbers as texts, and with no more data than a record may have.
fn as_logged(mut details: Value) -> Value {
    let Some(fields) = details.as_object_mut() else { return details };
    let mut room = MOST_DATA;
    for (field, said_by) in [
        ("input", Some("inputDetails")),
        ("output", Some("outputDetails")),
        ("assignedVariables", Some("assignedVariablesDetails")),
        ("parameters", None),
    ] {
        let was_cut = match fields.get_mut(field) {
            Some(Value::String(text)) => cut(text, &mut room),
            Some(Value::Object(variables)) => cut_all(variables, &mut room),
            Some(_) | None => false,
        };
        if let (true, Some(said_by)) = (was_cut, said_by) {
            fields[said_by]["truncated"] = true.into();
        }
    }
    for value in fields.values_mut() {
        if let Value::Number(number) = value {
            *value = number.to_string().into();
        }
    }
    details
}

fn cut_all(variables: &mut Map<String, Value>, room: &mut usize) -> bool {
    let mut was_cut = false;
    for value in variables.values_mut() {
        if let Value::String(text) = value {
            was_cut |= cut(text, room);
        }
    }
    was_cut
}

/// Cuts a text to the room that is left, and takes it.
fn cut(text: &mut String, room: &mut usize) -> bool {
    for (at, character) in text.char_indices() {
        let bytes = match character {
            '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
            '\0'..='\u{1f}' => 6,
            _ => character.len_utf8(),
        };
        let Some(left) = room.checked_sub(bytes) else {
            text.truncate(at);
            *room = 0;
            return true;
        };
        *room = left;
    }
    false
}
