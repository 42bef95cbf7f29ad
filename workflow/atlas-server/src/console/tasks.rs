//! Ends a task by hand. Its token stays inside.

use atlas_core::{Failure, history::EventId};
use axum::Json;
use serde_json::{Map, Value, json};

use super::{asked::Asked, fault::Fault, fields::Fields};

/// `POST /console/api/tasks {executionArn, event, success: {output} | failure: {error, cause}}`
///
/// An output that is a text is taken for JSON text, as AWS's `SendTaskSuccess` takes it.
pub(super) async fn end(asked: Asked, Fields(fields): Fields) -> Result<Json<Value>, Fault> {
    let arn =
        text(&fields, "executionArn").ok_or_else(|| Fault::invalid("`executionArn` is missing"))?;
    let event = fields.get("event").and_then(Value::as_u64);
    let event = event.and_then(|event| EventId::try_from(event).ok());
    let event = event.ok_or_else(|| Fault::invalid("`event` is no event's id"))?;
    let result = result(&fields)?;
    let account = asked.account_of(&arn)?;
    let engine = account.engine().clone();
    asked
        .apart(move |_| {
            Ok(engine.end_task(&arn, event, result.as_deref().map_err(Clone::clone))?)
        })
        .await?;
    account.engine().settled().await?;
    Ok(Json(json!({})))
}

fn result(fields: &Map<String, Value>) -> Result<Result<String, Failure>, Fault> {
    match (fields.get("success"), fields.get("failure")) {
        (Some(Value::Object(success)), None) => Ok(Ok(match success.get("output") {
            None => "{}".to_owned(),
            Some(Value::String(text)) => text.clone(),
            Some(document) => document.to_string(),
        })),
        (None, Some(Value::Object(failure))) => {
            Ok(Err(Failure { error: text(failure, "error"), cause: text(failure, "cause") }))
        }
        _ => Err(Fault::invalid("expected one of `success` and `failure`, an object")),
    }
}

fn text(fields: &Map<String, Value>, name: &str) -> Option<String> {
    fields.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
