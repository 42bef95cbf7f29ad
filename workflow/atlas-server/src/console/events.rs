//! The events of an execution, by window: any part of a long history at once.

use atlas_core::history::HistoryEvent;
use axum::Json;
use serde_json::{Value, json};

use super::{asked::Asked, fault::Fault, views::of_api};

const DEFAULT_LIMIT: usize = 200;
const MOST_LIMIT: usize = 1_000;
/// A window ends behind the event with which its documents come to so many bytes.
pub(super) const MOST_BYTES: usize = 4 * 1024 * 1024;

/// `GET /console/api/events?arn=&from=&limit=&failed=`
pub(super) async fn window(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(cut).await.map(Json)
}

fn cut(asked: &Asked) -> Result<Value, Fault> {
    let arn = asked.required("arn")?;
    let from = asked.number("from", 0..=usize::MAX)?.unwrap_or(0);
    let limit = asked.number("limit", 1..=MOST_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    let only_failed =
        asked.word("failed", &[("true", true), ("1", true), ("false", false), ("0", false)])?;
    let account = asked.account_of(arn)?;
    let (mut total, mut matching) = (0, 0);
    let events = if only_failed == Some(true) {
        let all = account.engine().history(arn)?;
        total = all.len();
        let failed: Vec<HistoryEvent> = all.into_iter().filter(is_failure).collect();
        matching = failed.len();
        failed.into_iter().skip(from).take(limit).collect()
    } else {
        account.engine().history_part(arn, |all| {
            (total, matching) = (all.len(), all.len());
            let begin = from.min(all.len());
            &all[begin..all.len().min(begin.saturating_add(limit))]
        })?
    };
    let told = within(events.iter(), MOST_BYTES);
    let behind = from.saturating_add(told.len());
    let next = (behind < matching).then_some(behind);
    Ok(json!({ "events": told, "total": total, "matching": matching, "from": from, "next": next }))
}

/// Events as the API tells them, until they have so many bytes.
pub(super) fn within<'a>(
    events: impl Iterator<Item = &'a HistoryEvent>,
    most_bytes: usize,
) -> Vec<Value> {
    let mut bytes = 0;
    let mut told = Vec::new();
    for event in events {
        if bytes > most_bytes {
            break;
        }
        let event = of_api(event);
        bytes += length(&event);
        told.push(event);
    }
    told
}

/// Something ended otherwise than well.
fn is_failure(event: &HistoryEvent) -> bool {
    let name = event.event_type();
    ["Failed", "TimedOut", "Aborted"].iter().any(|end| name.ends_with(end))
}

/// About how many bytes the texts of an event have.
fn length(event: &Value) -> usize {
    match event {
        Value::String(text) => text.len(),
        Value::Object(fields) => fields.values().map(length).sum(),
        Value::Array(items) => items.iter().map(length).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
    }
}
