use atlas_sandbox::Sandbox;
use serde_json::{Value, json};

use super::harness::{at, fields, run, task};

async fn sandbox() -> Sandbox {
    let table = json!({
        "TableName": "Calls",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    let options = atlas_sandbox::Options { tables: vec![table], ..Default::default() };
    Sandbox::start(options).await.unwrap()
}

fn put() -> Value {
    json!({
        "TableName": "Calls",
        "Item": { "pk": { "S": "k" }, "state": { "S": "PARKED" } },
        "ConditionExpression": "attribute_not_exists(pk)",
    })
}

#[tokio::test]
async fn an_item_is_put_read_changed_and_deleted() {
    let sandbox = sandbox().await;
    let key = json!({ "TableName": "Calls", "Key": { "pk": { "S": "k" } } });
    let with = |more: Value| {
        let mut parameters = key.clone();
        parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        parameters
    };
    let item = json!({ "pk": { "S": "k" }, "state": { "S": "PARKED" } });
    let update = with(json!({
        "UpdateExpression": "SET #n = :n",
        "ExpressionAttributeNames": { "#n": "n" },
        "ExpressionAttributeValues": { ":n": { "N": "1" } },
        "ReturnValues": "UPDATED_NEW",
    }));
    for (action, parameters, expected) in [
        ("putItem", put(), json!({})),
        ("getItem", key.clone(), json!({ "Item": item })),
        ("updateItem", update, json!({ "Attributes": { "n": { "N": "1" } } })),
        ("deleteItem", key.clone(), json!({})),
        ("getItem", key.clone(), json!({})),
    ] {
        let resource = format!("dynamodb:{action}");
        let result = run(at(sandbox.base_url()), task(&resource, parameters)).await.unwrap();
        assert_eq!(fields(result), expected, "{action}");
    }
}

#[tokio::test]
async fn a_refusal_is_called_after_the_exception_of_the_sdk() {
    let sandbox = sandbox().await;
    let options = || at(sandbox.base_url());
    run(options(), task("dynamodb:putItem", put())).await.unwrap();
    let missing = json!({ "TableName": "None", "Key": { "pk": { "S": "k" } } });
    let keyless = json!({ "TableName": "Calls", "Key": { "other": { "S": "k" } } });
    for (action, parameters, error, code) in [
        ("putItem", put(), "DynamoDB.ConditionalCheckFailedException", "ConditionalCheckFailed"),
        ("getItem", missing, "DynamoDB.ResourceNotFoundException", "ResourceNotFound"),
        ("getItem", keyless, "DynamoDB.AmazonDynamoDBException", "Validation"),
    ] {
        let resource = format!("dynamodb:{action}");
        let (name, cause) = run(options(), task(&resource, parameters)).await.unwrap_err();
        assert_eq!(name, error);
        let shown = format!(
            " (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: {code}Exception; Request ID: "
        );
        assert!(cause.contains(&shown) && cause.ends_with("; Proxy: null)"), "{cause}");
    }
}
