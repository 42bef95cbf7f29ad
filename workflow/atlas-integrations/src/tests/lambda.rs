use serde_json::{Value, json};

use super::{
    harness::{at, fields, run, task},
    peer::Peer,
};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";

#[tokio::test]
async fn an_invocation_is_told_with_the_functions_answer() {
    let headers = &[("x-amz-executed-version", "7"), ("x-amz-log-result", "bG9n")];
    let peer = Peer::start(200, headers, r#"{"a":1}"#).await;
    let parameters = json!({
        "FunctionName": ARN, "Qualifier": "live", "Payload": { "n": 1 }, "LogType": "Tail",
        "InvocationType": "RequestResponse", "ClientContext": "e30=",
    });
    let result = run(at(&peer.url), task("lambda:invoke", parameters)).await.unwrap();
    let expected = json!({
        "ExecutedVersion": "7", "LogResult": "bG9n", "Payload": { "a": 1 }, "StatusCode": 200,
    });
    assert_eq!(fields(result), expected);
    let asked = peer.asked();
    assert_eq!(
        asked.path,
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A111122223333%3Afunction%3Af\
         /invocations?Qualifier=live"
    );
    assert_eq!(asked.json(), json!({ "n": 1 }));
    assert_eq!(asked.header("x-amz-log-type"), "Tail");
    assert_eq!(asked.header("x-amz-invocation-type"), "RequestResponse");
    assert_eq!(asked.header("x-amz-client-context"), "e30=");
}

#[tokio::test]
async fn a_text_is_the_body_as_it_stands_and_nothing_is_the_empty_object() {
    for (payload, body) in [(json!("\"text\""), "\"text\""), (Value::Null, "{}")] {
        let peer = Peer::start(200, &[], "\"answer\"").await;
        let parameters = json!({ "FunctionName": "f", "Payload": payload });
        let result = run(at(&peer.url), task("lambda:invoke", parameters)).await.unwrap();
        assert_eq!(fields(result)["Payload"], "answer");
        assert_eq!(peer.asked().body, body);
    }
}

#[tokio::test]
async fn a_function_by_its_arn_results_in_its_answer() {
    let peer = Peer::start(200, &[], r#"{ "b": 2 }"#).await;
    let result = run(at(&peer.url), task(ARN, json!({ "n": 1 }))).await.unwrap();
    assert_eq!(result, json!({ "b": 2 }));
    assert_eq!(peer.asked().json(), json!({ "n": 1 }));
}

#[tokio::test]
async fn a_functions_error_is_the_tasks_error() {
    let thrown = r#"{"errorType": "Lead.Rejected", "errorMessage": "no"}"#;
    let silent = r#"{"errorMessage": "exited"}"#;
    let unknown = "The cause could not be determined because Lambda did not return an error type. \
                   Returned payload: ";
    let invoke = || task("lambda:invoke", json!({ "FunctionName": "f" }));
    let written_anew = r#"{"errorType":"Lead.Rejected","errorMessage":"no"}"#;
    for (answer, task, error, cause) in [
        (thrown, invoke(), "Lead.Rejected", written_anew.to_owned()),
        (thrown, task(ARN, json!({})), "Lead.Rejected", thrown.to_owned()),
        (silent, task(ARN, json!({})), "Lambda.Unknown", format!("{unknown}{silent}")),
    ] {
        let peer = Peer::start(200, &[("x-amz-function-error", "Unhandled")], answer).await;
        assert_eq!(run(at(&peer.url), task).await, Err((error.to_owned(), cause)));
    }
}

/// Recorded: no_such_function.
#[tokio::test]
async fn a_missing_function_is_lambdas_refusal() {
    let headers = &[("x-amzn-errortype", "ResourceNotFoundException"), ("x-amzn-requestid", "r-1")];
    let body = r#"{"Type":"User","Message":"Function not found: f:$LATEST"}"#;
    let peer = Peer::start(404, headers, body).await;
    let cause = "Function not found: f:$LATEST (Service: AWSLambda; Status Code: 404; Error Code: \
                 ResourceNotFoundException; Request ID: r-1; Proxy: null)";
    let task = task("lambda:invoke", json!({ "FunctionName": "f" }));
    let expected = ("Lambda.ResourceNotFoundException".to_owned(), cause.to_owned());
    assert_eq!(run(at(&peer.url), task).await, Err(expected));
}
