use atlas_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{
    harness::{at, fields, run, start, task, told},
    peer::Peer,
};

#[tokio::test]
async fn a_message_is_sent_as_text_whatever_it_is() {
    let queues = vec![json!({ "QueueName": "Calls" })];
    let options = atlas_sandbox::Options { queues, ..Default::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let url = format!("{}/123456789012/Calls", sandbox.base_url());
    for body in [json!("as it is"), json!({ "TaskToken": "t", "n": [1, null] })] {
        let parameters = json!({ "QueueUrl": url, "MessageBody": body });
        let result = run(at(sandbox.base_url()), task("sqs:sendMessage", parameters)).await;
        let result = fields(result.unwrap());
        assert!(result["MessageId"].is_string(), "{result}");
        assert!(result["MD5OfMessageBody"].is_string(), "{result}");
    }
}

#[tokio::test]
async fn a_missing_queue_is_told_with_the_code_of_the_query_protocol() {
    let peer = Peer::start(
        400,
        &[
            ("x-amzn-requestid", "r-1"),
            ("x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"),
        ],
        r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"The specified queue does not exist."}"#,
    )
    .await;
    let parameters = json!({ "QueueUrl": "https://q/1/none", "MessageBody": "m" });
    let (error, cause) = run(at(&peer.url), task("sqs:sendMessage", parameters)).await.unwrap_err();
    assert_eq!(error, "SQS.QueueDoesNotExistException");
    assert_eq!(
        cause,
        "The specified queue does not exist. (Service: AmazonSQS; Status Code: 400; Error Code: \
         AWS.SimpleQueueService.NonExistentQueue; Request ID: r-1; Proxy: null)"
    );
    let asked = peer.asked();
    assert_eq!(asked.header("x-amz-target"), "AmazonSQS.SendMessage");
    assert_eq!(asked.header("content-type"), "application/x-amz-json-1.0");
}

#[tokio::test]
async fn a_task_that_waits_for_its_token_ends_when_the_token_comes_back() {
    let peer = Peer::start(200, &[], r#"{"MessageId":"m-1"}"#).await;
    let parameters = json!({
        "QueueUrl": "https://q/1/calls",
        "MessageBody": { "token.$": "$$.Task.Token" },
    });
    let task = task("sqs:sendMessage.waitForTaskToken", parameters);
    let (engine, started) = start(at(&peer.url), task);
    let message = peer.first().await.json()["MessageBody"].as_str().unwrap().to_owned();
    let message: Value = serde_json::from_str(&message).unwrap();
    engine.send_task_success(message["token"].as_str().unwrap(), r#"{"done":true}"#).unwrap();
    let outcome = engine.wait(&started.execution_arn).await.unwrap();
    assert_eq!(told(outcome), Ok(json!({ "done": true })));
}
