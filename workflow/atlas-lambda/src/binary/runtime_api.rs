//! The Lambda Runtime API, version 2018-06-01, for one process: it asks here for invocations and
//! answers them.
//!
//! What a process may send is bounded, and nothing that it sends ends more than its own invocation.
//! Statuses and error types are those of AWS's runtime interface emulator.

use std::{sync::Arc, time::SystemTime};

use axum::{
    Json, Router,
    body::Body as HttpBody,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http_body_util::BodyExt;
use serde_json::json;

use super::link::{Link, Refusal};
use crate::{
    body::Body,
    function::Invocation,
    function_error::{FunctionError, MOST_ANSWER_BYTES},
    functions::Outcome,
};

/// How much of an answer that is too long is read and thrown away, so that its sender can read the
/// refusal.
const MOST_DRAINED_BYTES: usize = 64 * 1024 * 1024;

/// The header in which a runtime names an error.
const ERROR_TYPE: &str = "lambda-runtime-function-error-type";

pub(super) fn router(link: Arc<Link>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{request_id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{request_id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .with_state(link)
}

async fn next(State(link): State<Arc<Link>>) -> Response {
    match link.next().await {
        Ok(invocation) => delivered(&invocation),
        Err(refusal) => refused(refusal),
    }
}

fn delivered(invocation: &Invocation) -> Response {
    let deadline = invocation.deadline.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let deadline = deadline.as_millis().to_string();
    let headers = [
        ("content-type", Some("application/json")),
        ("lambda-runtime-aws-request-id", Some(&*invocation.request_id)),
        ("lambda-runtime-deadline-ms", Some(&*deadline)),
        ("lambda-runtime-invoked-function-arn", Some(&*invocation.function_arn)),
        ("lambda-runtime-trace-id", Some(&*invocation.trace_id)),
        ("lambda-runtime-client-context", invocation.client_context.as_deref()),
    ];
    let headers: HeaderMap = headers
        .into_iter()
        // Of these only what a caller gave can be no header, and a function can do without.
        .filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value?).ok()?))
        })
        .collect();
    (headers, invocation.payload.text().to_owned()).into_response()
}

async fn response(
    State(link): State<Arc<Link>>,
    Path(request_id): Path<String>,
    body: HttpBody,
) -> Response {
    answer(&link, &request_id, body, |bytes| Ok(Body::read(bytes))).await
}

async fn error(
    State(link): State<Arc<Link>>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
    body: HttpBody,
) -> Response {
    answer(&link, &request_id, body, |bytes| Err(reported(&headers, bytes))).await
}

async fn init_error(State(link): State<Arc<Link>>, headers: HeaderMap, body: HttpBody) -> Response {
    match read(body, || {}).await {
        Read::Whole(bytes) => told(link.init_failed(reported(&headers, &bytes))),
        Read::TooLong => too_long(),
        Read::Broken => truncated(),
    }
}

async fn answer(
    link: &Link,
    request_id: &str,
    body: HttpBody,
    outcome: impl FnOnce(&[u8]) -> Outcome,
) -> Response {
    if let Err(refusal) = link.check(request_id) {
        return refused(refusal);
    }
    let mut answered = Ok(());
    let answer_too_long = || answered = link.answer(request_id, Err(FunctionError::too_large()));
    match read(body, answer_too_long).await {
        Read::Whole(bytes) => told(link.answer(request_id, outcome(&bytes))),
        Read::TooLong => answered.map_or_else(refused, |()| too_long()),
        Read::Broken => truncated(),
    }
}

fn reported(headers: &HeaderMap, bytes: &[u8]) -> FunctionError {
    let name = headers.get(ERROR_TYPE).and_then(|value| value.to_str().ok());
    FunctionError::reported(bytes, name)
}

enum Read {
    Whole(Vec<u8>),
    TooLong,
    Broken,
}

/// Reads a body of bounded length. Says so at once when it is longer, and then reads on for a while.
async fn read(mut body: HttpBody, mut say_too_long: impl FnMut()) -> Read {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Read::Broken };
        let Ok(data) = frame.into_data() else { continue };
        let was_too_long = length > MOST_ANSWER_BYTES;
        length += data.len();
        if length > MOST_DRAINED_BYTES {
            break;
        }
        if length <= MOST_ANSWER_BYTES {
            bytes.extend_from_slice(&data);
        } else if !was_too_long {
            bytes = Vec::new();
            say_too_long();
        }
    }
    if length > MOST_ANSWER_BYTES { Read::TooLong } else { Read::Whole(bytes) }
}

fn told(done: Result<(), Refusal>) -> Response {
    match done {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({"status": "OK"}))).into_response(),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: Refusal) -> Response {
    match refusal {
        Refusal::OutOfTurn => fault(
            StatusCode::FORBIDDEN,
            "InvalidStateTransition",
            "the runtime is not in a state in which it can call this",
        ),
        Refusal::UnknownRequest => {
            fault(StatusCode::BAD_REQUEST, "InvalidRequestID", "Invalid request ID")
        }
    }
}

fn too_long() -> Response {
    let message = format!("Exceeded maximum allowed payload size ({MOST_ANSWER_BYTES} bytes).");
    fault(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", &message)
}

fn truncated() -> Response {
    fault(StatusCode::BAD_REQUEST, "TruncatedHTTPRequest", "HTTP request detected as truncated")
}

fn fault(status: StatusCode, error_type: &str, message: &str) -> Response {
    (status, Json(json!({"errorMessage": message, "errorType": error_type}))).into_response()
}
