//! AWS JSON 1.0: which operation a request asks for, and how its answer is written.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde_json::{Map, Value};

use crate::{
    actions,
    api_error::ApiError,
    app::{App, Caller},
    place::place_of,
};

/// The longest request, as on AWS.
const MOST_BYTES: usize = 1_048_576;

/// How long a client may take to send a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The service's prefix in `X-Amz-Target`.
const TARGET: &str = "AWSStepFunctions.";

/// The API of an app. The path of a request does not matter, as on AWS.
pub fn router(app: App) -> Router {
    Router::new().fallback(answer).with_state(app)
}

async fn answer(State(app): State<App>, request: Request) -> Response {
    let answered = match read(request).await {
        Ok((headers, operation, body)) => {
            let caller = Caller { account: app.account(&place_of(&headers)), app };
            actions::perform(&caller, &operation, &body).await
        }
        Err(error) => Err(error),
    };
    match answered {
        Ok(body) => respond(StatusCode::OK, &body),
        Err(error) if error.is_of_no_protocol() => unknown_protocol(),
        Err(error) => respond(error.status(), &error.body()),
    }
}

async fn read(request: Request) -> Result<(HeaderMap, String, Map<String, Value>), ApiError> {
    let (parts, body) = request.into_parts();
    let text = |name: header::HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let content_type = text(header::CONTENT_TYPE);
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    if !content_type.eq_ignore_ascii_case("application/x-amz-json-1.0") {
        return Err(ApiError::of_no_protocol());
    }
    let declared = text(header::CONTENT_LENGTH).parse().unwrap_or(0);
    if declared > MOST_BYTES {
        return Err(ApiError::too_large(MOST_BYTES));
    }
    let bytes = tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, MOST_BYTES))
        .await
        .map_err(|_elapsed| ApiError::too_slow())?
        .map_err(|error| {
            let is_too_large = std::error::Error::source(&error)
                .is_some_and(|cause| cause.is::<http_body_util::LengthLimitError>());
            if is_too_large { ApiError::too_large(MOST_BYTES) } else { ApiError::broken_off() }
        })?;
    let operation = text(header::HeaderName::from_static("x-amz-target"))
        .strip_prefix(TARGET)
        .ok_or_else(|| ApiError::unknown_operation(None))?
        .to_owned();
    let fields = match serde_json::from_slice(&bytes) {
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) | Err(_) if bytes.is_empty() => Map::new(),
        Ok(_) => {
            return Err(ApiError::not_serialized(
                "Start of structure or map found where not expected.",
            ));
        }
        Err(error) => return Err(ApiError::not_serialized(&error.to_string())),
    };
    Ok((parts.headers, operation, fields))
}

fn respond(status: StatusCode, body: &Value) -> Response {
    write(status, "application/x-amz-json-1.0", body.to_string())
}

/// What AWS answers to a request whose content type names no protocol of the service.
fn unknown_protocol() -> Response {
    let body = "<UnknownOperationException/>\n".to_owned();
    write(StatusCode::NOT_FOUND, "application/xml", body)
}

fn write(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    if let Ok(id) = uuid::Uuid::new_v4().to_string().try_into() {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
