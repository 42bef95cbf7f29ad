//! What comes back from an endpoint, as Step Functions shows it.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use crate::transport::Answer;

/// The status's name. Recorded (2026-09): 418 has none.
pub(super) fn status_text(status: u16) -> &'static str {
    let known = StatusCode::from_u16(status).ok().filter(|it| *it != StatusCode::IM_A_TEAPOT);
    known.and_then(|status| status.canonical_reason()).unwrap_or_default()
}

/// The result: `Headers` with a list for each name, `ResponseBody` where there is one, `StatusCode` and
/// `StatusText`.
pub(super) fn result(answer: &Answer, body: &str) -> Value {
    let mut headers = Map::new();
    for name in answer.headers.keys() {
        let values = answer.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        headers.insert(name.as_str().to_owned(), values.collect());
    }
    let mut fields = Map::new();
    fields.insert("Headers".into(), Value::Object(headers));
    if !body.is_empty() {
        let parsed = is_json(answer).then(|| serde_json::from_str(body).ok()).flatten();
        fields.insert("ResponseBody".into(), parsed.unwrap_or_else(|| json!(body)));
    }
    fields.insert("StatusCode".into(), answer.status.into());
    fields.insert("StatusText".into(), status_text(answer.status).into());
    Value::Object(fields)
}

/// The type of the answer's body, without its parameters.
pub(super) fn media_type(answer: &Answer) -> String {
    let full = answer.header("content-type").unwrap_or_default();
    full.split(';').next().unwrap_or_default().trim().to_lowercase()
}

fn is_json(answer: &Answer) -> bool {
    let media_type = media_type(answer);
    media_type == "application/json" || media_type.ends_with("+json")
}
