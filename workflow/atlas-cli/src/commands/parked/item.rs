//! A parked item, as an operator reads it.

use definitions::contract::{
    InteractionKey,
    records::{EXPIRES_AT, PARKED, UNREPORTED_PREFIX},
};
use handlers::records::Parked;
use serde_json::{Map, Value, json};

use super::Desk;
use crate::{failure::Failure, label::clean, operator::of_dynamodb};

/// What is parked of an interaction.
pub(super) async fn of_key(desk: &Desk, key: &str) -> Result<Vec<Parked>, Failure> {
    let parsed: InteractionKey = key.parse().map_err(|_| {
        Failure::theirs(format_args!(
            "`{}` is no interaction key; expected 1 to 64 letters, digits, `-` or `_`",
            clean(key)
        ))
    })?;
    let parked = desk
        .deps
        .parked
        .of(&parsed)
        .await
        .map_err(|fault| of_dynamodb(&desk.reached, &fault.to_string()))?;
    if parked.is_empty() {
        return Err(Failure::theirs(format_args!("nothing is parked under `{}`", clean(key))));
    }
    Ok(parked)
}

/// The lead, or the outcome of an attempt.
pub(super) fn what(item: &Parked) -> String {
    match item.record.strip_prefix(UNREPORTED_PREFIX) {
        Some(attempt) => format!("outcome of attempt {attempt}"),
        None => "lead".to_owned(),
    }
}

/// Whether it is a lead.
pub(super) fn is_lead(item: &Parked) -> bool {
    item.record == PARKED
}

/// The name of the error that it was parked for.
pub(super) fn error(item: &Parked) -> String {
    let error = document(item, "error");
    error.as_str().map_or_else(|| error.to_string(), str::to_owned)
}

/// When it was parked, in milliseconds since the epoch.
pub(super) fn parked_at(item: &Parked) -> Option<i64> {
    let text = item.fields.get("parkedAt")?.as_str()?;
    Some(text.parse::<jiff::Timestamp>().ok()?.as_millisecond())
}

/// When it is deleted, replayed or not, in milliseconds since the epoch.
pub(super) fn expires_at(item: &Parked) -> Option<i64> {
    item.fields.get(EXPIRES_AT)?.as_i64()?.checked_mul(1000)
}

/// A field, which the machines write as JSON text.
pub(super) fn document(item: &Parked, name: &str) -> Value {
    match item.fields.get(name) {
        Some(Value::String(text)) => {
            serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()))
        }
        Some(other) => other.clone(),
        None => Value::Null,
    }
}

/// All of it.
pub(super) fn whole(item: &Parked) -> Value {
    let mut names: Vec<&String> = item.fields.keys().collect();
    names.sort();
    let fields: Map<String, Value> =
        names.into_iter().map(|name| (name.clone(), document(item, name))).collect();
    json!({ "interactionKey": item.interaction_key.as_str(), "record": item.record, "item": fields })
}
