use super::*;

fn tables() -> Options {
    let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
    let text = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let table = json!({
        "TableName": "Calls",
        "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
        "AttributeDefinitions": [text("pk"), text("sk"), text("contact")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "byContact",
            "KeySchema": [key("contact", "HASH")],
            "Projection": { "ProjectionType": "ALL" },
        }],
        "BillingMode": "PAY_PER_REQUEST",
    });
    Options { tables: vec![table], ..Options::default() }
}

#[tokio::test]
async fn a_transition_is_conditional_on_the_state_before() {
    let client = Client::start(tables()).await;
    let call =
        |operation: &'static str, body: Value| client.call(Service::DynamoDb, operation, body);
    let put = json!({
        "TableName": "Calls",
        "Item": { "pk": { "S": "k" }, "sk": { "S": "ATTEMPT#1" }, "state": { "S": "RESERVED" } },
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    });
    assert_eq!(call("PutItem", put.clone()).await.0, 200);
    let (status, told) = call("PutItem", put).await;
    assert_eq!(status, 400);
    assert_eq!(told["__type"], "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException");
    assert_eq!(told["Item"]["state"]["S"], "RESERVED");
    let dial = json!({
        "TableName": "Calls",
        "Key": { "pk": { "S": "k" }, "sk": { "S": "ATTEMPT#1" } },
        "UpdateExpression": "SET #state = :dialed, contact = :contact",
        "ConditionExpression": "#state IN (:reserved, :dialing) AND attribute_not_exists(contact)",
        "ExpressionAttributeNames": { "#state": "state" },
        "ExpressionAttributeValues": {
            ":dialed": { "S": "DIALED" }, ":contact": { "S": "c" },
            ":reserved": { "S": "RESERVED" }, ":dialing": { "S": "DIALING" },
        },
        "ReturnValues": "ALL_NEW",
    });
    let (_, told) = call("UpdateItem", dial.clone()).await;
    assert_eq!(told["Attributes"]["state"]["S"], "DIALED");
    assert_eq!(call("UpdateItem", dial).await.0, 400);
    let by_contact = json!({
        "TableName": "Calls", "IndexName": "byContact", "KeyConditionExpression": "contact = :c",
        "ExpressionAttributeValues": { ":c": { "S": "c" } },
    });
    assert_eq!(call("Query", by_contact).await.1["Count"], 1);
}

#[tokio::test]
async fn the_capacity_that_calls_take_is_counted_with_indexes_whether_or_not_it_is_asked_for() {
    let client = Client::start(tables()).await;
    let put = |item: Value| json!({ "TableName": "Calls", "Item": item });
    let key = json!({ "pk": { "S": "k" }, "sk": { "S": "s" } });
    let with_contact = json!({ "pk": { "S": "k" }, "sk": { "S": "s" }, "contact": { "S": "c" } });
    let mut refused = put(key.clone());
    refused["ConditionExpression"] = json!("attribute_not_exists(pk)");
    let mut asking = put(with_contact);
    asking["ReturnConsumedCapacity"] = json!("TOTAL");
    let mut told = Vec::new();
    for (operation, body) in [
        ("PutItem", put(key.clone())),
        ("PutItem", asking),
        ("PutItem", refused),
        ("GetItem", json!({ "TableName": "Calls", "Key": key })),
    ] {
        told.push(client.call(Service::DynamoDb, operation, body).await.1);
    }
    assert!(told[0].get("ConsumedCapacity").is_none(), "{}", told[0]);
    assert_eq!(told[1]["ConsumedCapacity"]["CapacityUnits"], 2.0);
    // One, two with the index, one that was refused; a read that may be late is half a unit.
    let counted = &client.sandbox.counters()["capacityHalfUnits"];
    assert_eq!(counted, &json!({ "GetItem Calls": 1, "PutItem Calls": 8 }));
}

#[tokio::test]
async fn a_transaction_does_all_or_nothing() {
    let client = Client::start(tables()).await;
    let key = json!({ "pk": { "S": "a" }, "sk": { "S": "LEAD" } });
    let body = json!({ "TransactItems": [
        { "Put": { "TableName": "Calls", "Item": key } },
        { "ConditionCheck": {
            "TableName": "Calls", "Key": { "pk": { "S": "b" }, "sk": { "S": "LEAD" } },
            "ConditionExpression": "attribute_exists(pk)",
        } },
    ] });
    let (status, told) = client.call(Service::DynamoDb, "TransactWriteItems", body).await;
    assert_eq!(status, 400);
    let codes: Vec<_> =
        told["CancellationReasons"].as_array().unwrap().iter().map(|r| &r["Code"]).collect();
    assert_eq!(codes, ["None", "ConditionalCheckFailed"]);
    let (_, told) = client
        .call(Service::DynamoDb, "GetItem", json!({ "TableName": "Calls", "Key": key }))
        .await;
    assert_eq!(told, json!({}));
}

#[tokio::test]
async fn what_dynamodb_would_refuse_is_refused() {
    let client = Client::start(tables()).await;
    let value = |value: Value| json!({ "TableName": "Calls", "Item": { "pk": { "S": "k" }, "sk": { "S": "s" }, "v": value } });
    for (operation, body, code, message) in [
        (
            "PutItem",
            value(json!({ "N": "abc" })),
            "ValidationException",
            "cannot be converted to a numeric value: abc",
        ),
        ("PutItem", value(json!({ "X": "a" })), "SerializationException", "extraneous key [X]"),
        (
            "GetItem",
            json!({ "TableName": "None", "Key": { "pk": { "S": "k" } } }),
            "ResourceNotFoundException",
            "Requested resource not found",
        ),
        (
            "GetItem",
            json!({ "TableName": "Calls", "Key": { "pk": { "S": "k" } } }),
            "ValidationException",
            "does not match the schema",
        ),
        (
            "UpdateItem",
            json!({
                "TableName": "Calls", "Key": { "pk": { "S": "k" }, "sk": { "S": "s" } },
                "UpdateExpression": "SET state = :s", "ExpressionAttributeValues": { ":s": { "S": "x" } },
            }),
            "ValidationException",
            "reserved keyword: state",
        ),
    ] {
        let (status, told) = client.call(Service::DynamoDb, operation, body).await;
        assert_eq!(status, 400);
        assert!(told["__type"].as_str().unwrap().ends_with(code), "{told}");
        let found = told["message"].as_str().or(told["Message"].as_str()).unwrap();
        assert!(found.contains(message), "{told}");
    }
}
