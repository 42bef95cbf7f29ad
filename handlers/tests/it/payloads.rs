//! What AWS hands to the handlers, in full: the fields that we do not read as well.

use serde_json::{Value, json};

/// A turn in which the visitor has given everything for a demo (Lex V2 Developer Guide, "AWS Lambda
/// input event format for Lex V2").
pub(crate) fn demo_turn() -> Value {
    let slot = |text: &str| {
        let value = json!({"originalValue": text, "interpretedValue": text,
            "resolvedValues": [text]});
        json!({"shape": "Scalar", "value": value})
    };
    let intent = json!({
        "name": "RequestDemoIntent", "state": "InProgress", "confirmationState": "None",
        "slots": {
            "FirstName": slot("Ada"), "LastName": slot("Lovelace"),
            "Email": slot("ada@example.com"), "Phone": slot("+1 415-555-0123"),
            "Company": slot("Analytical Engines"), "Topic": slot("pricing"),
            "MayCall": slot("Yes"), "Notes": null,
        },
    });
    turn("yes", &intent)
}

/// A turn in which the visitor says something else.
pub(crate) fn talk_turn() -> Value {
    let slots = json!({});
    let intent = json!({"name": "AboutTechnologyIntent", "state": "ReadyForFulfillment",
        "confirmationState": "None", "slots": slots});
    turn("how does it work?", &intent)
}

/// What a person says who was called, as Connect hands it to the bot.
pub(crate) fn phone_turn(interaction_key: &str, said: &str) -> Value {
    let intent = json!({"name": "FallbackIntent", "state": "ReadyForFulfillment",
        "confirmationState": "None", "slots": null});
    let mut turn = turn(said, &intent);
    turn["inputMode"] = json!("Speech");
    turn["requestAttributes"] = json!({"x-amz-lex:channels:platform": "Connect",
        "x-amz-lex:accept-content-types": "PlainText,SSML"});
    turn["sessionState"]["sessionAttributes"] = json!({"interactionKey": interaction_key});
    turn
}

fn turn(said: &str, intent: &Value) -> Value {
    json!({
        "messageVersion": "1.0",
        "invocationSource": "DialogCodeHook",
        "inputMode": "Text",
        "responseContentType": "text/plain; charset=utf-8",
        "sessionId": "1f0c5a9e-session",
        "inputTranscript": said,
        "invocationLabel": null,
        "bot": {"aliasId": "TSTALIASID", "aliasName": "TestBotAlias", "id": "B0TB0TB0T1",
            "localeId": "en_US", "name": "AtlasEngine", "version": "DRAFT"},
        "interpretations": [
            {"interpretationSource": "Lex", "nluConfidence": 0.96, "intent": intent},
            {"interpretationSource": "Lex",
                "intent": {"name": "FallbackIntent", "state": "ReadyForFulfillment", "slots": {}}},
        ],
        "proposedNextState": {"dialogAction": {"type": "Close"}, "prompt": null},
        "requestAttributes": {},
        "sessionState": {
            "activeContexts": [],
            "sessionAttributes": {},
            "runtimeHints": {},
            "dialogAction": null,
            "intent": intent,
            "originatingRequestId": "6d4f2e1c-0000-4000-8000-000000000001",
        },
        "transcriptions": [
            {"transcription": said, "transcriptionConfidence": 1.0, "resolvedContext": {},
                "resolvedSlots": {}},
        ],
    })
}

/// A batch of an SQS queue (Lambda Developer Guide, "Example standard queue message event").
pub(crate) fn batch<'a>(
    queue: &str,
    messages: impl IntoIterator<Item = (&'a str, String)>,
) -> Value {
    let record = |(id, body): (&str, String)| {
        json!({
            "messageId": id,
            "receiptHandle": format!("AQEB-{id}"),
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1763744710000",
                "SenderId": "AIDAEVENTBRIDGE",
                "ApproximateFirstReceiveTimestamp": "1763744710005"},
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:us-east-1:000000000000:{queue}"),
            "awsRegion": "us-east-1",
        })
    };
    json!({"Records": messages.into_iter().map(record).collect::<Vec<_>>()})
}

/// The end of a contact, as EventBridge tells it (Amazon Connect Administrator Guide, "Contact events").
pub(crate) fn contact_end(contact_id: &str) -> Value {
    let instance = "arn:aws:connect:us-east-1:000000000000:instance/\
                    a7a5a4d0-0000-4000-8000-000000000001";
    json!({
        "version": "0",
        "id": "3f6b2d1a-0000-4000-8000-000000000002",
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": "000000000000",
        "time": "2026-11-20T17:06:00Z",
        "region": "us-east-1",
        "resources": [instance, format!("{instance}/contact/{contact_id}")],
        "detail": {
            "eventType": "DISCONNECTED",
            "contactId": contact_id,
            "initialContactId": contact_id,
            "channel": "VOICE",
            "instanceArn": instance,
            "initiationMethod": "API",
            "initiationTimestamp": "2026-11-20T17:05:00.000Z",
            "connectedToSystemTimestamp": "2026-11-20T17:05:10.000Z",
            "disconnectTimestamp": "2026-11-20T17:06:00.000Z",
            "disconnectReason": "CUSTOMER_DISCONNECT",
            "tags": {"aws:connect:instanceId": "a7a5a4d0-0000-4000-8000-000000000001"},
        },
    })
}

/// The lead of a workflow.
pub(crate) fn lead(interaction_key: &str, phone: &str) -> Value {
    json!({
        "interactionKey": interaction_key,
        "source": "lex",
        "lead": {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@example.com",
            "phone": phone, "company": "Analytical Engines", "topic": "pricing",
            "notes": "Would like to know what a hundred seats cost."},
        "consent": {"mayCall": true, "capturedAt": "2026-11-20T17:04:05Z"},
        "call": {"locale": "en-US", "timeZone": "America/Los_Angeles", "maxAttempts": 1},
    })
}
