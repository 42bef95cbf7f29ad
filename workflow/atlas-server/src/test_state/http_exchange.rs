//! The request and the response of an HTTP task, as TRACE shows them (`InspectionDataRequest` and
//! `InspectionDataResponse` of the API, with the texts of "Testing state machines with TestState", Step
//! Functions Developer Guide).

use atlas_engine::runner::{HttpExchange, HttpMessage};
use serde_json::{Map, Value, json};

/// `revealSecrets`: what the task's connection added to the request. What the definition says and what the
/// API answers is never left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Secrets {
    Revealed,
    Omitted,
}

/// Adds the exchange to the data of a tested state.
pub(super) fn show(exchange: &HttpExchange, secrets: Secrets, data: &mut Map<String, Value>) {
    let sent = match secrets {
        Secrets::Revealed => &exchange.sent,
        Secrets::Omitted => &exchange.without_secrets,
    };
    let mut request = message(sent);
    request.insert("method".into(), exchange.method.as_str().into());
    request.insert("url".into(), sent.url.as_str().into());
    data.insert("request".into(), Value::Object(request));
    if let Some((status, text, answer)) = &exchange.answer {
        let mut response = message(answer);
        response.insert("statusCode".into(), status.to_string().into());
        response.insert("statusMessage".into(), (*text).into());
        data.insert("response".into(), Value::Object(response));
    }
}

fn message(message: &HttpMessage) -> Map<String, Value> {
    let mut fields = Map::new();
    let protocol = message.url.split("://").next().unwrap_or_default();
    fields.insert("protocol".into(), protocol.into());
    fields.insert("headers".into(), headers(&message.headers).into());
    fields.extend(message.body.as_ref().map(|body| ("body".to_owned(), json!(body))));
    fields
}

/// AWS writes headers as `[name: value, name: value]`.
fn headers(headers: &[(String, String)]) -> String {
    let lines: Vec<String> =
        headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    format!("[{}]", lines.join(", "))
}
