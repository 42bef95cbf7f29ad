//! Whether two runs came out the same, whatever ids and times were drawn in them.

use std::collections::BTreeMap;

use atlas_core::Outcome;
use serde_json::Value;

use super::Ran;

/// How a run ended, in one text: status, and output or error.
pub(super) fn told(outcome: Option<&Outcome>) -> String {
    match outcome {
        None => "goes on".to_owned(),
        Some(Outcome::Succeeded { output }) => {
            let mut value = output.value().clone();
            settle(&mut value);
            format!("SUCCEEDED {value}")
        }
        Some(outcome) => {
            let failure = outcome.failure();
            let part = |text: Option<&String>| text.map_or("-", String::as_str).to_owned();
            let error = part(failure.and_then(|it| it.error.as_ref()));
            let cause = without_event(&part(failure.and_then(|it| it.cause.as_ref())));
            format!("{} {error}: {cause}", outcome.status())
        }
    }
}

/// The beginning of a long text.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 160;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain("…".chars()).collect()
}

/// A cause without the number of the event that AWS's texts tell: it says nothing of what happened.
fn without_event(cause: &str) -> String {
    const BEFORE: &str = "event id #";
    match cause.split_once(BEFORE) {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|it: char| it.is_ascii_digit());
            format!("{before}{BEFORE}…{rest}")
        }
        None => cause.to_owned(),
    }
}

/// How often each state called with what.
pub(super) fn calls(ran: &Ran) -> BTreeMap<(&str, String), usize> {
    let mut counted = BTreeMap::new();
    for call in &ran.calls {
        let mut parameters =
            serde_json::from_str(&call.parameters).unwrap_or(Value::from(call.parameters.as_str()));
        settle(&mut parameters);
        *counted.entry((call.state.as_str(), parameters.to_string())).or_default() += 1;
    }
    counted
}

/// Puts one text in the place of each drawn id and each moment, and fields in one order.
fn settle(value: &mut Value) {
    match value {
        Value::String(text) if is_uuid(text) => *text = "(an id)".to_owned(),
        Value::String(text) if is_moment(text) => *text = "(a moment)".to_owned(),
        Value::Array(elements) => elements.iter_mut().for_each(settle),
        Value::Object(fields) => {
            fields.values_mut().for_each(settle);
            fields.sort_keys();
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// A moment of the run, which is not the made-up one of a document.
fn is_moment(text: &str) -> bool {
    text.starts_with("2026-11-21T01:") && text.ends_with('Z') && text.len() == 24
}
