//! The Invoke call over HTTP.

use atlas_engine::Place;
use atlas_lambda::{FunctionError, FunctionSettings, Invocation, invoke_api};
use axum::{
    body::{Body, to_bytes},
    http::{Request, Response},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::host::in_process;

async fn invoke(uri: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let settings = FunctionSettings { reserved_concurrency: Some(1), ..Default::default() };
    let functions = in_process(settings, |invocation: Invocation| async move {
        invocation.log.line("a line");
        let payload = invocation.payload.value().clone();
        match payload.get("raise") {
            Some(error) => Err(FunctionError::from(error.clone())),
            None => Ok(json!([payload, invocation.client_context]).into()),
        }
    });
    let mut request = Request::post(format!("/2015-03-31/functions/{uri}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(body.into()).unwrap();
    invoke_api::router(functions, Place::default()).oneshot(request).await.unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_function_answers_by_each_of_its_names() {
    for uri in [
        "F/invocations",
        "F/invocations?Qualifier=%24LATEST",
        "F:$LATEST/invocations",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3AF/invocations",
    ] {
        let response = invoke(uri, &[], r#"{"n":1}"#).await;
        assert_eq!(response.status(), 200, "{uri}");
        assert_eq!(response.headers()["x-amz-executed-version"], "$LATEST");
        assert!(!response.headers().contains_key("x-amz-function-error"));
        assert_eq!(text(response).await, r#"[{"n":1},null]"#);
    }
}

#[tokio::test(start_paused = true)]
async fn a_functions_error_is_marked() {
    let response = invoke("F/invocations", &[], r#"{"raise":{"errorType":"E"}}"#).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-amz-function-error"], "Unhandled");
    assert_eq!(text(response).await, r#"{"errorType":"E"}"#);
}

#[tokio::test(start_paused = true)]
async fn the_log_and_the_clients_context_are_handed_through() {
    let context = BASE64_STANDARD.encode("{}");
    let headers = [("x-amz-log-type", "Tail"), ("x-amz-client-context", &*context)];
    let response = invoke("F/invocations", &headers, "").await;
    let log = BASE64_STANDARD.decode(&response.headers()["x-amz-log-result"]).unwrap();
    let log = String::from_utf8(log).unwrap();
    let lines: Vec<_> = log.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(lines, ["START", "a", "END", "REPORT"]);
    assert_eq!(text(response).await, r#"[{},"{}"]"#);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_does_not_wait_gets_a_status_alone() {
    for (name, status) in [("Event", 202), ("DryRun", 204)] {
        let response = invoke("F/invocations", &[("x-amz-invocation-type", name)], "{}").await;
        assert_eq!(response.status(), status);
        assert_eq!(text(response).await, "");
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_has_lambdas_name_and_status() {
    let too_long = "1".repeat(6_291_457);
    for (uri, headers, body, status, name) in [
        ("G/invocations", [("a", "b")], "", 404, "ResourceNotFoundException"),
        ("F:live/invocations", [("a", "b")], "", 404, "ResourceNotFoundException"),
        ("F%20G/invocations", [("a", "b")], "", 400, "ValidationException"),
        ("F/invocations", [("x-amz-invocation-type", "Later")], "", 400, "ValidationException"),
        ("F/invocations", [("a", "b")], "{", 400, "InvalidRequestContentException"),
        ("F/invocations", [("a", "b")], "\u{0}", 400, "InvalidRequestContentException"),
        (
            "F/invocations",
            [("x-amz-client-context", "{}")],
            "",
            400,
            "InvalidRequestContentException",
        ),
        ("F/invocations", [("a", "b")], too_long.as_str(), 413, "RequestTooLargeException"),
    ] {
        let response = invoke(uri, &headers, body.to_owned()).await;
        assert_eq!(response.status(), status, "{uri} {name}");
        assert_eq!(response.headers()["x-amzn-errortype"], name);
        let document: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(document["Type"], "User");
        assert!(document["Message"].is_string());
    }
}
