//! What AWS hands to each handler, and what a right answer has in it.

use definitions::SAMPLE_LEAD;
use handlers::functions::Handler;
use serde_json::{Value, json};

/// A lead of its own for each invocation, so that nothing is there already.
pub(super) fn lead(key: &str) -> Value {
    let mut lead: Value = serde_json::from_str(SAMPLE_LEAD).expect("a test reads the sample");
    lead["interactionKey"] = key.into();
    lead["lead"]["email"] = format!("{key}@example.com").into();
    // The model's answers are kept by topic.
    lead["lead"]["topic"] = topic(key).into();
    lead
}

/// What the call step is given.
pub(super) fn attempt(key: &str, lead_id: &str, token: &str) -> Value {
    let mut input = lead(key);
    input["leadId"] = lead_id.into();
    input["attempt"] = 1.into();
    input["taskToken"] = token.into();
    input["scenario"] = json!({
        "opening": "Hello Ada, you asked for a demo.", "objective": "Agree on a demo.",
        "talkingPoints": ["What a seat costs"], "tone": "friendly", "language": "en-US",
    });
    input
}

/// What the last step is given.
pub(super) fn outcome(key: &str, lead_id: &str) -> Value {
    json!({
        "interactionKey": key, "leadId": lead_id, "attempt": 1, "outcome": "ANSWERED",
        "contactId": "c-1", "disconnectReason": "CUSTOMER_DISCONNECT",
        "connectedAt": "2026-11-20T17:05:10Z", "endedAt": "2026-11-20T17:06:00Z", "talkSeconds": 50,
    })
}

/// The end of a contact, by EventBridge through SQS (Amazon Connect Administrator Guide, "Contact events").
pub(super) fn contact_end(contact_id: &str) -> Value {
    let event = json!({
        "version": "0", "id": "e-1", "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect", "account": "000000000000", "time": "2026-11-20T17:06:00Z",
        "region": "us-east-1", "resources": [],
        "detail": {
            "eventType": "DISCONNECTED", "contactId": contact_id, "channel": "VOICE",
            "initiationMethod": "API", "initiationTimestamp": "2026-11-20T17:05:00Z",
            "connectedToSystemTimestamp": "2026-11-20T17:05:10Z",
            "disconnectTimestamp": "2026-11-20T17:06:00Z", "disconnectReason": "CUSTOMER_DISCONNECT",
        },
    });
    batch(&event)
}

/// A request for an answer of the chat.
pub(super) fn response_request(key: &str) -> Value {
    batch(&json!({"intent": "GreetingIntent", "topic": topic(key), "locale": "en-US"}))
}

/// One that nobody asked about. With digits or many letters it would be taken for something personal.
fn topic(key: &str) -> String {
    let letters = key.bytes().map(|byte| char::from(b'a' + byte % 26));
    letters.take(24).collect()
}

fn batch(body: &Value) -> Value {
    json!({"Records": [{
        "messageId": "m-1", "receiptHandle": "r-1", "body": body.to_string(),
        "attributes": {"ApproximateReceiveCount": "1"}, "eventSource": "aws:sqs",
    }]})
}

/// What a schedule sends.
pub(super) fn tick() -> Value {
    json!({"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}})
}

/// A turn in which the visitor has given everything for a demo (Lex V2 Developer Guide, "AWS Lambda input
/// event format for Lex V2").
pub(super) fn demo_turn(key: &str) -> Value {
    let slot = |text: &str| {
        let value =
            json!({"originalValue": text, "interpretedValue": text, "resolvedValues": [text]});
        json!({"shape": "Scalar", "value": value})
    };
    json!({
        "messageVersion": "1.0", "invocationSource": "DialogCodeHook", "inputMode": "Text",
        "responseContentType": "text/plain; charset=utf-8", "sessionId": key,
        "inputTranscript": "yes",
        "bot": {"aliasId": "A", "aliasName": "A", "id": "B", "localeId": "en_US",
            "name": "AtlasEngine", "version": "1"},
        "interpretations": [], "requestAttributes": {}, "transcriptions": [],
        "sessionState": {
            "activeContexts": [], "sessionAttributes": {}, "originatingRequestId": "o",
            "intent": {
                "name": "RequestDemoIntent", "state": "InProgress", "confirmationState": "None",
                "slots": {
                    "FirstName": slot("Ada"), "LastName": slot("Lovelace"),
                    "Email": slot("ada@example.com"), "Phone": slot("+1 415-555-0123"),
                    "Company": slot("Analytical Engines"), "Topic": slot("pricing"),
                    "MayCall": slot("Yes"), "Notes": null,
                },
            },
        },
    })
}

/// Whether the handler did all that its event asks for.
pub(super) fn is_done(handler: Handler, answer: &Value) -> bool {
    match handler {
        Handler::CreateLead => answer["leadId"].is_string() && answer["created"] == true,
        Handler::GenerateDynamicScenario => {
            answer["origin"] == "model" && answer["scenario"]["opening"].is_string()
        }
        Handler::InvokeOutboundCall => answer.is_null(),
        Handler::UpdateLead => answer["status"] == "Working - Contacted",
        Handler::CallEnded | Handler::ResponseWriter => answer["batchItemFailures"] == json!([]),
        Handler::CallSweeper => {
            ["settled", "open", "held", "failed"].map(|count| &answer[count]) == [1, 0, 0, 0]
        }
        Handler::LexFulfillment => answer["sessionState"]["intent"]["state"] == "Fulfilled",
    }
}
