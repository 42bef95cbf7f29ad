//! AWS JSON 1.0 and 1.1: one path, the operation in a header, JSON both ways.

use hyper::Method;
use serde_json::Value;

use crate::{failure::Refusal, metadata::request_id, services::Parts, transport::Answer};

/// The request of an operation: `version` is `1.0` or `1.1`, `target` the prefix and the operation.
pub(crate) fn request(version: &str, target: String, body: &Value) -> Parts {
    Parts {
        method: Method::POST,
        path: "/".to_owned(),
        headers: vec![
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", target),
        ],
        body: body.to_string().into_bytes(),
    }
}

/// An error, in the body or in headers.
pub(crate) fn refusal(answer: &Answer) -> Refusal {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |field: &str| body.get(field).and_then(Value::as_str);
    let name =
        answer.header("x-amzn-errortype").or_else(|| text("__type")).or_else(|| text("code"));
    // `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException:http://…`
    let name = name.and_then(|name| name.rsplit('#').next()?.split(':').next());
    // SQS tells the code of its query protocol beside: `AWS.SimpleQueueService.NonExistentQueue;Sender`
    let code = answer.header("x-amzn-query-error").and_then(|code| code.split(';').next());
    Refusal {
        name: name.unwrap_or("UnknownError").to_owned(),
        code: code.map(str::to_owned),
        message: text("message").or_else(|| text("Message")).map(str::to_owned),
        status: answer.status,
        request_id: request_id(answer),
    }
}
