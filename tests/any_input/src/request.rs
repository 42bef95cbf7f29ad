//! Requests of the API: reading one, doing what it asks for in an account of its own, and answering.

use atlas_engine::Time;
use atlas_server::{App, AppOptions, Guard, router};
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderName, HeaderValue, Request, StatusCode},
};
use serde_json::{Map, Value};
use tokio::runtime::Builder;
use tower::ServiceExt;

/// What the requests find: a machine `m` that passes, one `t` with a task, and an activity `a`.
const PREPARED: [&str; 3] = [
    r#"CreateStateMachine

{"name":"m","roleArn":"r","definition":"{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":true}}}"}"#,
    r#"CreateStateMachine

{"name":"t","roleArn":"r","definition":"{\"StartAt\":\"T\",\"States\":{\"T\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:us-east-1:000000000000:activity:a\",\"End\":true}}}"}"#,
    "CreateActivity\n\n{\"name\":\"a\"}",
];

/// Requests, one after the other.
///
/// The first line of each is the operation; header lines may follow, then an empty line and the body. A
/// name between `%` signs stands for what an answer before gave under it: `%taskToken%`.
pub fn check(input: &[u8]) {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime needs nothing but memory").block_on(async {
        let options = AppOptions { time: Time::SkippingWaits, ..AppOptions::default() };
        let router = router(App::new(options), Guard::of_loopback());
        let mut known = Map::new();
        let prepared = PREPARED.iter().map(|request| request.as_bytes());
        for bytes in prepared.chain(input.split(|byte| *byte == 0)) {
            let Some(request) = request(bytes, &known) else { continue };
            remember(answer(&router, request).await, &mut known);
        }
    });
}

/// The request that these bytes are; `None` where HTTP has no such request.
fn request(bytes: &[u8], known: &Map<String, Value>) -> Option<Request<Body>> {
    let mut head_and_body = bytes.splitn(2, |byte| *byte == b'\n');
    let operation = head_and_body.next()?;
    let mut request = Request::post("/").body(Body::empty()).ok()?;
    let headers = request.headers_mut();
    let target = [b"AWSStepFunctions.", operation].concat();
    headers.insert("x-amz-target", HeaderValue::from_bytes(&target).ok()?);
    headers.insert("host", HeaderValue::from_static("localhost"));
    headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
    let mut rest = head_and_body.next().unwrap_or_default();
    loop {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let (line, after) = rest.split_at(end);
        rest = after.get(1..).unwrap_or_default();
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { break };
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.insert(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    *request.body_mut() = match std::str::from_utf8(rest) {
        Ok(text) => Body::from(filled_in(text, known)),
        Err(_) => Body::from(rest.to_vec()),
    };
    Some(request)
}

fn filled_in(text: &str, known: &Map<String, Value>) -> String {
    let mut text = text.to_owned();
    for (name, value) in known {
        if let Value::String(value) = value {
            text = text.replace(&format!("%{name}%"), value);
        }
    }
    text
}

fn remember(answer: Value, known: &mut Map<String, Value>) {
    if let Value::Object(fields) = answer {
        known.extend(fields.into_iter().filter(|(_, value)| value.is_string()));
    }
}

/// The answer, which is what a client can read, whatever was asked.
async fn answer(router: &Router, request: Request<Body>) -> Value {
    let Ok(response) = router.clone().oneshot(request).await;
    let (head, body) = response.into_parts();
    assert!(head.headers.contains_key("x-amzn-requestid"), "{:?}", head.headers);
    let body = to_bytes(body, usize::MAX).await.expect("the answer is whole");
    if head.status == StatusCode::NOT_FOUND {
        assert_eq!(head.headers["content-type"], "application/xml");
        return Value::Null;
    }
    assert_eq!(head.headers["content-type"], "application/x-amz-json-1.0");
    let answer: Value = serde_json::from_slice(&body).expect("the answer is JSON");
    assert!(answer.is_object(), "{answer}");
    if head.status == StatusCode::OK {
        assert!(answer.get("__type").is_none());
    } else {
        assert!(head.status.is_client_error(), "{answer}");
        assert!(answer["__type"].is_string() && answer["message"].is_string(), "{answer}");
    }
    answer
}
