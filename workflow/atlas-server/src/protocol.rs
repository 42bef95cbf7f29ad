//! AWS JSON 1.0: which operation a request asks for, and how its answer is written.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::Response,
};
use serde_json::{Map, Value};

use crate::{
    actions,
    api_error::ApiError,
    app::{App, Caller},
    body,
    place::place_of,
    virtual_time,
};

/// The service's prefix in `X-Amz-Target`.
const TARGET: &str = "AWSStepFunctions.";

/// Answers a request. Its path does not matter, as on AWS.
pub(crate) async fn answer(State(app): State<App>, request: Request) -> Response {
    let answered = match read(request).await {
        Ok((headers, operation, body)) => {
            let account = app.account(&place_of(&headers));
            let caller = Caller { app, account, time: virtual_time::asked(&headers) };
            actions::perform(&caller, &operation, &body).await
        }
        Err(error) => Err(error),
    };
    match answered {
        Ok(reply) => respond(StatusCode::OK, reply.into_text()),
        Err(error) if error.is_of_no_protocol() => unknown_protocol(),
        Err(error) => respond(error.status(), error.body().to_string().into_bytes()),
    }
}

async fn read(request: Request) -> Result<(HeaderMap, String, Map<String, Value>), ApiError> {
    let (parts, body) = request.into_parts();
    let text = |name: header::HeaderName| {
        parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    };
    let content_type = text(header::CONTENT_TYPE);
    let content_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_of_protocol = content_type.eq_ignore_ascii_case("application/x-amz-json-1.0");
    if parts.method != Method::POST || !is_of_protocol {
        return Err(ApiError::of_no_protocol());
    }
    let operation = text(header::HeaderName::from_static("x-amz-target"))
        .strip_prefix(TARGET)
        .ok_or_else(|| ApiError::unknown_operation(None))?
        .to_owned();
    let fields = body::fields(&parts.headers, body).await?;
    Ok((parts.headers, operation, fields))
}

pub(crate) fn respond(status: StatusCode, body: Vec<u8>) -> Response {
    write(status, "application/x-amz-json-1.0", body)
}

/// What AWS answers to a request whose content type names no protocol of the service.
fn unknown_protocol() -> Response {
    let body = b"<UnknownOperationException/>\n".to_vec();
    write(StatusCode::NOT_FOUND, "application/xml", body)
}

fn write(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    if let Ok(id) = uuid::Uuid::new_v4().to_string().try_into() {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
