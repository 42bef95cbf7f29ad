use serde_json::{Value, json};

use super::{
    harness::{at, run, start, task, told},
    peer::Peer,
};

const API: &str = "a1b2c3.execute-api.eu-west-1.amazonaws.com";

fn call(more: Value) -> Value {
    let mut parameters = json!({ "ApiEndpoint": API, "Method": "POST", "Stage": "prod",
        "Path": "/bills/add" });
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    task("apigateway:invoke", parameters)
}

#[tokio::test]
async fn an_api_is_called_under_its_own_host() {
    let headers = &[("content-type", "application/json"), ("x-many", "1")];
    let peer = Peer::start(201, headers, r#"{"billId":7}"#).await;
    let parameters = json!({ "QueryParameters": { "dry": ["true"] }, "RequestBody": { "n": null, "m": 1 },
        "Headers": { "X-Source": ["a", "b"] } });
    let result = run(at(&peer.url), call(parameters)).await.unwrap();
    assert_eq!(result["ResponseBody"], json!({ "billId": 7 }));
    assert_eq!((&result["StatusCode"], &result["StatusText"]), (&json!(201), &json!("Created")));
    assert_eq!(result["Headers"]["x-many"], json!(["1"]));
    let asked = peer.asked();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("POST", "/prod/bills/add?dry=true"));
    assert_eq!(asked.header("host"), API);
    let sources: Vec<_> = asked.headers.get_all("x-source").iter().collect();
    assert_eq!(sources, ["a", "b"]);
    assert_eq!(
        (asked.header("content-type"), asked.body.as_str()),
        ("application/json", r#"{"m":1}"#)
    );
    assert_eq!(asked.header("authorization"), "");
}

#[tokio::test]
async fn a_call_is_signed_where_the_api_wants_to_know_who_calls() {
    for kind in ["IAM_ROLE", "RESOURCE_POLICY"] {
        let peer = Peer::start(200, &[], "").await;
        run(at(&peer.url), call(json!({ "AuthType": kind }))).await.unwrap();
        let asked = peer.asked();
        assert_eq!(asked.scope(), "111122223333/eu-west-1/execute-api");
        assert!(asked.header("authorization").contains("SignedHeaders=host;"), "{kind}");
    }
}

#[tokio::test]
async fn a_refusal_is_called_after_its_status() {
    let peer = Peer::start(403, &[], r#"{"message":"Missing Authentication Token"}"#).await;
    let failed = run(at(&peer.url), call(json!({}))).await;
    let cause = r#"{"message":"Missing Authentication Token"}"#;
    assert_eq!(failed, Err(("ApiGateway.403".to_owned(), cause.to_owned())));
}

#[tokio::test]
async fn an_api_on_this_machine_needs_no_endpoint() {
    let peer = Peer::start(200, &[], "pong").await;
    let host = peer.url.strip_prefix("http://").unwrap();
    let options = crate::Options::default();
    let result = run(options, call(json!({ "ApiEndpoint": host, "Method": "GET" }))).await.unwrap();
    assert_eq!(result["ResponseBody"], "pong");
    assert_eq!(peer.asked().header("host"), host);
    let (error, cause) = run(crate::Options::default(), call(json!({}))).await.unwrap_err();
    assert_eq!(error, "States.Runtime");
    assert!(cause.contains("set `AWS_ENDPOINT_URL_API_GATEWAY`"), "{cause}");
}

#[tokio::test]
async fn a_call_that_waits_for_its_token_ends_when_the_token_comes_back() {
    let peer = Peer::start(200, &[], "").await;
    let mut task = call(json!({ "Headers": { "TaskToken.$": "States.Array($$.Task.Token)" } }));
    task["Resource"] = "arn:aws:states:::apigateway:invoke.waitForTaskToken".into();
    let (engine, started) = start(at(&peer.url), task);
    let token = peer.first().await.header("tasktoken").to_owned();
    engine.send_task_success(&token, r#"{"done":true}"#).unwrap();
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    assert_eq!(told(outcome), Ok(json!({ "done": true })));
}
