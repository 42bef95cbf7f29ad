use std::time::Duration;

use super::*;
use crate::Outcome;

#[tokio::test]
async fn what_does_not_fit_a_request_is_refused_in_the_words_of_its_service() {
    let client = Client::start(Options::default()).await;
    for (service, operation, body, expected) in [
        (
            Service::SecretsManager,
            "GetSecretValue",
            json!({ "SecretId": "none" }),
            "ResourceNotFoundException",
        ),
        (Service::SecretsManager, "GetSecretValue", json!({}), "ValidationException"),
        (
            Service::SecretsManager,
            "GetSecretValue",
            json!({ "SecretId": "a", "Id": 1 }),
            "SerializationException",
        ),
        (Service::SecretsManager, "PutSecretValue", json!({}), "UnknownOperationException"),
        (
            Service::Sqs,
            "SendMessage",
            json!({ "QueueUrl": "x", "MessageBody": "b" }),
            "com.amazonaws.sqs#QueueDoesNotExist",
        ),
        (
            Service::Sqs,
            "ReceiveMessage",
            json!({ "QueueUrl": 1 }),
            "com.amazonaws.sqs#SerializationException",
        ),
    ] {
        let (status, told) = client.call(service, operation, body).await;
        assert_eq!(
            (status.as_u16(), told["__type"].as_str()),
            (400, Some(expected)),
            "{operation} {told}"
        );
    }
    let unsigned = client.request(Method::POST, "/").header("x-amz-target", "AmazonSQS.ListQueues");
    let (_, told) = read(unsigned.json(&json!({}))).await;
    assert_eq!(told["__type"], "com.amazonaws.sqs#MissingAuthenticationTokenException");
    let wrong = client
        .signed(Service::Sqs, Method::POST, "/")
        .header("x-amz-target", "secretsmanager.DescribeSecret");
    let (_, told) = read(wrong.json(&json!({ "SecretId": "atlas/salesforce" }))).await;
    assert_eq!(told["__type"], "InvalidSignatureException");
}

#[tokio::test]
async fn a_secret_is_read_by_name_and_by_arn_and_changes_with_the_key() {
    let client = Client::start(Options::default()).await;
    let get = |id: String| {
        client.call(Service::SecretsManager, "GetSecretValue", json!({ "SecretId": id }))
    };
    let (_, first) = get("atlas/salesforce".to_owned()).await;
    let (_, same) = get(first["ARN"].as_str().unwrap().to_owned()).await;
    assert_eq!(first["SecretString"], same["SecretString"]);
    client.sandbox.rotate_key();
    let (_, rotated) = get("atlas/salesforce".to_owned()).await;
    assert_ne!(first["SecretString"], rotated["SecretString"]);
    assert_ne!(first["VersionId"], rotated["VersionId"]);
    assert_eq!(client.sandbox.counters()["secretReads"]["atlas/salesforce"], 3);
}

#[tokio::test(start_paused = true)]
async fn a_message_comes_back_when_its_visibility_ends_and_dies_in_the_end() {
    let client = Client::start(Options::default()).await;
    let call = |operation: &'static str, body: Value| client.call(Service::Sqs, operation, body);
    let (_, dead) = call("CreateQueue", json!({ "QueueName": "dead" })).await;
    let policy = json!({ "deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead", "maxReceiveCount": 2 });
    let attributes = json!({ "VisibilityTimeout": "30", "RedrivePolicy": policy.to_string() });
    let (_, queue) =
        call("CreateQueue", json!({ "QueueName": "q", "Attributes": attributes })).await;
    let url = &queue["QueueUrl"];
    call("SendMessage", json!({ "QueueUrl": url, "MessageBody": "hello" })).await;
    let receive = |url: Value| call("ReceiveMessage", json!({ "QueueUrl": url }));
    for _ in 0..2 {
        assert_eq!(receive(url.clone()).await.1["Messages"][0]["Body"], "hello");
        assert_eq!(receive(url.clone()).await.1, json!({}), "it is in flight");
        tokio::time::advance(Duration::from_secs(31)).await;
    }
    assert_eq!(receive(url.clone()).await.1, json!({}));
    let (_, told) = receive(dead["QueueUrl"].clone()).await;
    let receipt = told["Messages"][0]["ReceiptHandle"].clone();
    let delete = json!({ "QueueUrl": dead["QueueUrl"], "ReceiptHandle": receipt });
    assert_eq!(call("DeleteMessage", delete).await.0, 200);
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(receive(dead["QueueUrl"].clone()).await.1, json!({}));
}

#[tokio::test(start_paused = true)]
async fn dead_letters_move_back_to_where_they_died_or_to_where_they_are_sent() {
    let client = Client::start(Options::default()).await;
    let call = |operation: &'static str, body: Value| client.call(Service::Sqs, operation, body);
    let arn = |name: &str| format!("arn:aws:sqs:us-east-1:000000000000:{name}");
    let (_, dead) = call("CreateQueue", json!({ "QueueName": "dead" })).await;
    let policy = json!({ "deadLetterTargetArn": arn("dead"), "maxReceiveCount": 1 });
    let attributes = json!({ "VisibilityTimeout": "30", "RedrivePolicy": policy.to_string() });
    let (_, queue) =
        call("CreateQueue", json!({ "QueueName": "q", "Attributes": attributes })).await;
    let send = |to: &Value, body: &str| {
        call("SendMessage", json!({ "QueueUrl": to["QueueUrl"], "MessageBody": body }))
    };
    let receive = async |from: &Value| {
        let request = json!({ "QueueUrl": from["QueueUrl"], "AttributeNames": ["All"] });
        call("ReceiveMessage", request).await.1["Messages"][0].clone()
    };
    send(&queue, "died").await;
    let first = receive(&queue).await;
    tokio::time::advance(Duration::from_secs(31)).await;
    assert_eq!(receive(&queue).await, Value::Null);
    send(&dead, "sent").await;

    let (status, _) = call("StartMessageMoveTask", json!({ "SourceArn": arn("dead") })).await;
    assert_eq!(status, 200);
    let moved = receive(&queue).await;
    assert_eq!((&moved["Body"], first["MessageId"] != moved["MessageId"]), (&json!("died"), true));
    assert_eq!(moved["Attributes"]["ApproximateReceiveCount"], "1", "nobody has received it");
    assert_eq!(receive(&queue).await, Value::Null, "nobody knows where the other one died");
    let there = json!({ "SourceArn": arn("dead"), "DestinationArn": arn("q") });
    call("StartMessageMoveTask", there).await;
    assert_eq!(receive(&queue).await["Body"], "sent");

    for (request, code) in [
        (json!({ "SourceArn": arn("q") }), "UnsupportedOperation"),
        (json!({ "SourceArn": arn("none") }), "ResourceNotFoundException"),
        (
            json!({ "SourceArn": arn("dead"), "DestinationArn": arn("none") }),
            "ResourceNotFoundException",
        ),
    ] {
        let (status, told) = call("StartMessageMoveTask", request).await;
        assert_eq!(status, 400);
        assert_eq!(told["__type"], format!("com.amazonaws.sqs#{code}"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_token_rings_once_in_seven_days() {
    let client = Client::start(Options::default()).await;
    let number = "+14155550123";
    let (_, first) = client.dial(number, "lead-1").await;
    let (_, again) = client.dial(number, "lead-1").await;
    assert_eq!(first, again);
    tokio::time::advance(Duration::from_secs(7 * 24 * 3_600 + 1)).await;
    let (_, later) = client.dial(number, "lead-1").await;
    assert_ne!(first, later);
    let counters = client.sandbox.counters();
    assert_eq!(
        (&counters["ringsByToken"]["lead-1"], &counters["startsByToken"]["lead-1"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(counters["ringsByNumber"][number], 2);
}

#[tokio::test]
async fn connect_refuses_what_it_would_not_dial() {
    let client = Client::start(Options::default()).await;
    for (field, value, status, code) in [
        ("DestinationPhoneNumber", json!("0123"), 400, "InvalidParameterException"),
        ("DestinationPhoneNumber", json!("+447700900123"), 403, "DestinationNotAllowedException"),
        ("DestinationPhoneNumber", json!("+8613800000000"), 403, "DestinationNotAllowedException"),
        ("InstanceId", json!("other"), 404, "ResourceNotFoundException"),
        ("ContactFlowId", json!("other"), 404, "ResourceNotFoundException"),
        ("SourcePhoneNumber", Value::Null, 400, "InvalidRequestException"),
        ("RingTimeoutInSeconds", json!(5), 400, "InvalidParameterException"),
        ("TrafficType", json!("CAMPAIGN"), 403, "OutboundContactNotPermittedException"),
        ("Attributes", json!({ "a b": "c" }), 400, "InvalidParameterException"),
        ("Ring", json!(true), 400, "SerializationException"),
    ] {
        let request = client.dial_request("+14155550123", "t").build().unwrap();
        let mut body: Value =
            serde_json::from_slice(request.body().unwrap().as_bytes().unwrap()).unwrap();
        body[field] = value;
        let request =
            client.signed(Service::Connect, Method::PUT, "/contact/outbound-voice").json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.headers()["x-amzn-errortype"]),
            (status, &code.parse().unwrap())
        );
    }
    assert_eq!(client.sandbox.counters()["ringsByNumber"], json!({}));
}

#[tokio::test(start_paused = true)]
async fn calls_end_as_scripted_and_say_so_in_events_and_when_asked() {
    let outcomes = [("+14155550150".to_owned(), vec![Outcome::Failed, Outcome::Answered])].into();
    let connect = ConnectOptions { outcomes, ..ConnectOptions::default() };
    let client = Client::start(Options { connect, ..Options::default() }).await;
    for (number, token, reason, events) in [
        ("+14155550150", "1", "TELECOM_PROBLEM", 2),
        ("+14155550150", "2", "CUSTOMER_DISCONNECT", 3),
        ("+14155550190", "3", "TELECOM_BUSY", 2),
        ("+14155550191", "4", "TELECOM_UNANSWERED", 2),
    ] {
        let (_, told) = client.dial(number, token).await;
        let id = told["ContactId"].as_str().unwrap();
        let found = client.events(events).await;
        assert_eq!(found.len(), events);
        let last = &found[events - 1]["detail"];
        assert_eq!((&last["eventType"], &last["contactId"]), (&json!("DISCONNECTED"), &json!(id)));
        let path = format!("/contacts/{}/{id}", connect::INSTANCE_ID);
        let (_, told) = read(client.signed(Service::Connect, Method::GET, &path)).await;
        assert_eq!(told["Contact"]["DisconnectReason"], reason);
        assert_eq!(told["Contact"].get("ConnectedToSystemTimestamp").is_some(), events == 3);
    }
}

#[tokio::test]
async fn connect_keeps_its_quotas() {
    let connect = ConnectOptions {
        concurrent_calls: Some(1),
        requests_per_second: Some(0.001),
        talk: Duration::from_secs(3_600),
        ..ConnectOptions::default()
    };
    let client = Client::start(Options { connect, ..Options::default() }).await;
    for token in ["1", "2", "3", "4", "5"] {
        assert_eq!(client.dial("+14155550123", token).await.0, 200);
    }
    assert_eq!(client.dial("+14155550123", "6").await.0, 429);
    let contacts = client.sandbox.counters()["contacts"].clone();
    let busy = contacts
        .as_object()
        .unwrap()
        .values()
        .filter(|contact| contact["outcome"] == "BUSY")
        .count();
    assert_eq!(busy, 4, "a busy tone, not an error");
}

fn converse(model: &str, client: &Client, body: &Value) -> reqwest::RequestBuilder {
    client.signed(Service::Bedrock, Method::POST, &format!("/model/{model}/converse")).json(body)
}

fn forced_tool() -> Value {
    json!({
        "messages": [{ "role": "user", "content": [{ "text": "{\"topic\":\"pricing\"}" }] }],
        "inferenceConfig": { "maxTokens": 600 },
        "toolConfig": {
            "tools": [{ "toolSpec": { "name": "scenario", "inputSchema": { "json": {
                "type": "object",
                "properties": {
                    "opening": { "type": "string", "maxLength": 20 },
                    "talkingPoints": { "type": "array", "maxItems": 2, "items": { "type": "string" } },
                    "tone": { "type": "string", "enum": ["warm", "brisk"] },
                },
            } } } }],
            "toolChoice": { "tool": { "name": "scenario" } },
        },
    })
}

#[tokio::test]
async fn the_model_answers_a_forced_tool_by_its_schema_and_always_the_same() {
    let client = Client::start(Options::default()).await;
    let model = "us.anthropic.claude-haiku-4-5-20251001-v1%3A0";
    let (status, told) = read(converse(model, &client, &forced_tool())).await;
    assert_eq!((status.as_u16(), &told["stopReason"]), (200, &json!("tool_use")));
    let input = &told["output"]["message"]["content"][0]["toolUse"]["input"];
    assert!(input["opening"].as_str().unwrap().len() <= 20);
    assert_eq!(input["talkingPoints"].as_array().unwrap().len(), 2);
    assert!(["warm", "brisk"].contains(&input["tone"].as_str().unwrap()));
    assert_eq!(read(converse(model, &client, &forced_tool())).await.1, told);
    let mut short = forced_tool();
    short["inferenceConfig"]["maxTokens"] = json!(1);
    assert_eq!(read(converse(model, &client, &short)).await.1["stopReason"], "max_tokens");
}

#[tokio::test]
async fn the_model_refuses_what_converse_refuses() {
    let client = Client::start(Options::default()).await;
    let profile = "global.anthropic.claude-haiku-5-5";
    let with = |pointer: &str, value: Value| {
        let mut body = forced_tool();
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (model, body, expected) in [
        ("anthropic.claude-haiku-5-5", forced_tool(), "on-demand throughput isn’t supported"),
        ("gpt", forced_tool(), "The provided model identifier is invalid."),
        (profile, with("/messages/0/role", json!("assistant")), "must start with a user message"),
        (profile, with("/messages/0/content/0/text", json!(" ")), "is empty"),
        (profile, with("/toolConfig/toolChoice/tool/name", json!("x")), "not one of the tools"),
        (profile, with("/inferenceConfig/maxTokens", json!(0)), "greater than or equal to 1"),
        (
            profile,
            with("/inferenceConfig", json!({ "max_tokens": 1 })),
            "extraneous key [max_tokens]",
        ),
    ] {
        let (status, told) = read(converse(model, &client, &body)).await;
        assert_eq!(status, 400);
        assert!(told["message"].as_str().unwrap().contains(expected), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_that_nobody_takes_is_gone_when_its_time_is_over() {
    let client = Client::start(Options::default()).await;
    let call = |operation: &'static str, body: Value| client.call(Service::Sqs, operation, body);
    let attributes = json!({ "MessageRetentionPeriod": "300" });
    let (_, queue) =
        call("CreateQueue", json!({ "QueueName": "q", "Attributes": attributes })).await;
    let url = &queue["QueueUrl"];
    call("SendMessage", json!({ "QueueUrl": url, "MessageBody": "hello" })).await;
    tokio::time::advance(Duration::from_secs(301)).await;
    assert_eq!(call("ReceiveMessage", json!({ "QueueUrl": url })).await.1, json!({}));
    assert_eq!(client.sandbox.counters()["queues"]["q"]["expired"], 1);
}
