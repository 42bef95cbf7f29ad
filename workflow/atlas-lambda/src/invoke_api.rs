//! Lambda's Invoke call over HTTP, so that `aws lambda invoke` and the SDKs reach functions here.

use std::sync::Arc;

use atlas_core::Payload;
use atlas_engine::Place;
use axum::{
    Json, Router,
    body::Body as HttpBody,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use http_body_util::{BodyExt, Limited};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::{
    functions::{Functions, no_payload},
    invoke::{
        InvocationType, InvokeError, InvokeRequest, Invoked, LogType, MOST_SYNCHRONOUS_BYTES,
        client_context,
    },
    name::FunctionName,
};

/// Serves `POST /2015-03-31/functions/NAME/invocations` for callers of one region and account.
pub fn router(functions: Arc<Functions>, place: Place) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .with_state((functions, place))
}

async fn invoke(
    State((functions, place)): State<(Arc<Functions>, Place)>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: HttpBody,
) -> Response {
    let qualifier = query.as_deref().and_then(qualifier_in);
    let invoked = match read(place, &name, qualifier.as_deref(), &headers, body).await {
        Ok(request) => functions.invoke(request).await,
        Err(error) => Err(error),
    };
    invoked.map_or_else(|error| refused(&error), answered)
}

/// `Qualifier`, of which `$` comes as `%24`.
fn qualifier_in(query: &str) -> Option<String> {
    let value = query.split('&').find_map(|pair| pair.strip_prefix("Qualifier="))?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

async fn read(
    place: Place,
    name: &str,
    qualifier: Option<&str>,
    headers: &HeaderMap,
    body: HttpBody,
) -> Result<InvokeRequest, InvokeError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let mut function: FunctionName = name.parse()?;
    if let Some(qualifier) = qualifier {
        function = function.with_qualifier(qualifier);
    }
    let mut request = InvokeRequest::new(function, place, payload(headers, body).await?);
    if let Some(name) = header("x-amz-invocation-type") {
        request.invocation_type = InvocationType::by_name(name)?;
    }
    if header("x-amz-log-type") == Some("Tail") {
        request.log_type = LogType::Tail;
    }
    request.client_context = header("x-amz-client-context").map(client_context).transpose()?;
    request.trace_id = header("x-amzn-trace-id").map(str::to_owned);
    Ok(request)
}

async fn payload(headers: &HeaderMap, body: HttpBody) -> Result<Payload, InvokeError> {
    let Ok(body) = Limited::new(body, MOST_SYNCHRONOUS_BYTES).collect().await else {
        let length =
            headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
        return Err(InvokeError::TooLarge {
            bytes: length.unwrap_or(MOST_SYNCHRONOUS_BYTES + 1),
            kind: "RequestResponse",
            limit: MOST_SYNCHRONOUS_BYTES,
        });
    };
    let bytes = body.to_bytes();
    if bytes.is_empty() {
        return Ok(no_payload());
    }
    let no_json = |error: String| {
        InvokeError::InvalidContent(format!("Could not parse request body into json: {error}"))
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| no_json(error.to_string()))?;
    Payload::parse(text).map_err(|error| no_json(error.to_string()))
}

fn answered(invoked: Invoked) -> Response {
    let is_error = matches!(invoked.outcome, Some(Err(_)));
    let headers = headers([
        ("content-type", Some("application/json")),
        ("x-amzn-requestid", Some(&*invoked.request_id)),
        ("x-amzn-trace-id", Some(&*invoked.trace_id)),
        ("x-amz-executed-version", invoked.executed_version.as_deref()),
        // Lambda calls every error that a runtime reports so.
        ("x-amz-function-error", is_error.then_some("Unhandled")),
        ("x-amz-log-result", invoked.log_result.as_deref()),
    ]);
    let body = match &invoked.outcome {
        Some(Ok(body)) => body.text(),
        Some(Err(error)) => error.body().text(),
        None => "",
    };
    let status = StatusCode::from_u16(invoked.status_code).unwrap_or(StatusCode::OK);
    (status, headers, body.to_owned()).into_response()
}

fn refused(error: &InvokeError) -> Response {
    let request_id = uuid::Uuid::new_v4().to_string();
    let headers = headers([
        ("x-amzn-requestid", Some(&*request_id)),
        ("x-amzn-errortype", Some(error.exception())),
    ]);
    let status = error.status_code();
    let fault = if status < 500 { "User" } else { "Server" };
    let mut document = json!({"Type": fault, "Message": error.to_string()});
    if *error == InvokeError::Throttled {
        document["Reason"] = json!("ReservedFunctionConcurrentInvocationLimitExceeded");
    }
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, headers, Json(document)).into_response()
}

/// Those that there are, and that can be headers.
fn headers<const N: usize>(of: [(&'static str, Option<&str>); N]) -> HeaderMap {
    of.into_iter()
        .filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::from_str(value?).ok()?))
        })
        .collect()
}
