//! One request and its answer in AWS JSON, with what Step Functions tells of the answer.

use atlas_core::{Failure, Payload};
use serde_json::{Map, Value};

use crate::{
    failure::refused,
    metadata::{self, request_id},
    protocol::aws_json,
    services::{Call, Service},
    transport::{Answer, Wait},
};

/// An API in AWS JSON.
pub(super) struct JsonApi {
    pub(super) service: Service<'static>,
    /// `1.0` or `1.1`.
    pub(super) version: &'static str,
    /// What stands before the dot of `X-Amz-Target`.
    pub(super) target_prefix: &'static str,
}

/// Calls an operation; the result holds the answer's fields alone.
pub(super) async fn ask(
    cx: &Call<'_>,
    api: &JsonApi,
    operation: &str,
    body: &Value,
) -> Result<(Map<String, Value>, Answer), Failure> {
    let target = format!("{}.{operation}", api.target_prefix);
    let parts = aws_json::request(api.version, target, body);
    let answer = cx.send(&api.service, parts, Wait::Service).await?;
    if !answer.is_success() {
        return Err(refused(&api.service.naming, &aws_json::refusal(&answer)));
    }
    let fields = serde_json::from_slice(&answer.body).unwrap_or_default();
    Ok((fields, answer))
}

/// The task's result: the fields of the answer, and the metadata of both.
pub(super) fn result(mut fields: Map<String, Value>, answer: &Answer) -> Payload {
    metadata::add(&mut fields, answer, &request_id(answer));
    Payload::from(Value::Object(fields))
}

/// A text as it is, any other value as JSON: what a message's body becomes.
pub(super) fn as_text(value: &mut Value) {
    if !value.is_string() {
        *value = value.to_string().into();
    }
}
