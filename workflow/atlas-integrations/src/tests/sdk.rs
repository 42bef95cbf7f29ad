use atlas_asl::{
    model::ExecutionType,
    validate::{NoContract, check},
};
use atlas_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{
    harness::{at, run, task},
    peer::Peer,
};

#[tokio::test]
async fn an_action_is_called_in_the_apis_spelling_and_answers_in_step_functions() {
    let answer = r#"{"executionArn":"e","startDate":1763658245.25,"output":"{\"startDate\":1}"}"#;
    let peer = Peer::start(200, &[], answer).await;
    let parameters = json!({ "StateMachineArn": "m", "Input": "{\"Name\":1}" });
    let result = run(at(&peer.url), task("aws-sdk:sfn:startSyncExecution", parameters)).await;
    assert_eq!(
        result,
        Ok(json!({
            "ExecutionArn": "e",
            "StartDate": "2025-11-20T17:04:05.250Z",
            "Output": "{\"startDate\":1}",
        }))
    );
    let asked = peer.asked();
    assert_eq!(asked.json(), json!({ "stateMachineArn": "m", "input": "{\"Name\":1}" }));
    assert_eq!(asked.header("x-amz-target"), "AWSStepFunctions.StartSyncExecution");
    assert_eq!(asked.scope(), "111122223333/eu-west-1/states");
}

#[tokio::test]
async fn a_refusal_is_called_after_the_second_sdk() {
    let table = json!({
        "TableName": "Calls",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    let options = atlas_sandbox::Options { tables: vec![table], ..Default::default() };
    let sandbox = Sandbox::start(options).await.unwrap();
    let put = json!({
        "TableName": "Calls",
        "Item": { "pk": { "S": "k" }, "done": { "Bool": true } },
        "ConditionExpression": "attribute_not_exists(pk)",
    });
    let key = json!({ "TableName": "Calls", "Key": { "pk": { "S": "k" } } });
    let call = |action: &str, parameters: &Value| {
        let task = task(&format!("aws-sdk:dynamodb:{action}"), parameters.clone());
        run(at(sandbox.base_url()), task)
    };
    assert_eq!(call("putItem", &put).await, Ok(json!({})));
    let item = json!({ "pk": { "S": "k" }, "done": { "Bool": true } });
    assert_eq!(call("getItem", &key).await, Ok(json!({ "Item": item })));
    let (error, cause) = call("putItem", &put).await.unwrap_err();
    assert_eq!(error, "DynamoDb.ConditionalCheckFailedException");
    assert!(cause.contains(" (Service: DynamoDb, Status Code: 400, Request ID: "), "{cause}");
    assert!(cause.ends_with(") (SDK Attempt Count: 1)"), "{cause}");
    let keyless = json!({ "TableName": "Calls", "Key": { "other": { "S": "k" } } });
    let (error, _) = call("getItem", &keyless).await.unwrap_err();
    assert_eq!(error, "DynamoDb.DynamoDbException");
}

#[tokio::test]
async fn validation_warns_of_exactly_what_is_not_performed() {
    let peer = Peer::start(200, &[], "{}").await;
    for resource in [
        "lambda:invoke",
        "dynamodb:updateItem",
        "sqs:sendMessage",
        "sns:publish",
        "events:putEvents",
        "http:invoke",
        "apigateway:invoke",
        "ecs:runTask",
        "glue:startJobRun",
        "aws-sdk:sqs:listQueues",
        "aws-sdk:s3:getObject",
        "aws-sdk:s3:listBuckets",
        "aws-sdk:lambda:getFunction",
        "aws-sdk:rds:describeDBInstances",
        "aws-sdk:ec2:describeInstances",
        "aws-sdk:macie:listMemberAccounts",
    ] {
        let parameters = json!({
            "FunctionName": "f", "TableName": "t", "Key": "k", "QueueUrl": "q", "MessageBody": "m",
            "Message": "m", "Entries": [], "TaskDefinition": "t", "JobName": "j", "Bucket": "b",
        });
        let task = task(resource, parameters);
        let machine = json!({ "StartAt": "Only", "States": { "Only": task } }).to_string();
        let (_, found) = check(&machine, ExecutionType::Standard, &NoContract);
        let is_warned = found.iter().any(|it| it.code.as_str() == "INTEGRATION_NOT_EMBEDDED");
        let failed = run(at(&peer.url), task).await;
        let is_missing =
            failed.is_err_and(|(_, cause)| cause.contains("nothing here performs that"));
        assert_eq!(is_missing, is_warned, "{resource}");
    }
}
