//! Whatever comes, the answer is one that the queue understands.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::call_doubles::World;

/// Texts that a contact event may hold, and others.
fn word() -> impl Strategy<Value = String> {
    let known = [
        "aws.connect",
        "DISCONNECTED",
        "COMPLETED",
        "QUEUED",
        "API",
        "INBOUND",
        "contact-1",
        "2026-11-20T18:05:00Z",
        "9999-12-31T23:59:59Z",
        "TELECOM_BUSY",
        "VOICEMAIL_BEEP",
        "",
        "CONTACT#x",
        "+14155550123",
        "🦀",
    ];
    prop_oneof![
        3 => proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        6 => word().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((word(), inner), 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// An object with fields of an event, in some case, often with the right value.
fn object(fields: &'static [(&'static str, &'static str)]) -> impl Strategy<Value = Value> {
    let field = (0..fields.len(), 0..10_u8, any::<bool>(), value()).prop_map(
        move |(index, right, upper, other)| {
            let (name, good) = fields[index];
            let name = if upper { name.to_uppercase() } else { name.to_owned() };
            (name, if right < 8 { Value::from(good) } else { other })
        },
    );
    proptest::collection::vec(field, 0..fields.len() * 2)
        .prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

fn body() -> impl Strategy<Value = String> {
    let detail = object(&[
        ("eventType", "DISCONNECTED"),
        ("contactId", "contact-1"),
        ("initiationMethod", "API"),
        ("disconnectReason", "TELECOM_BUSY"),
        ("connectedToSystemTimestamp", "2026-11-20T18:03:10Z"),
        ("disconnectTimestamp", "2026-11-20T18:04:58Z"),
        ("answeringMachineDetectionStatus", "VOICEMAIL_BEEP"),
        ("attributes", "none"),
    ]);
    let event = (object(&[("source", "aws.connect"), ("time", "2026-11-20T18:05:00Z")]), detail)
        .prop_map(|(mut event, detail)| {
            event["detail"] = detail;
            event.to_string()
        });
    prop_oneof![8 => event, 1 => value().prop_map(|value| value.to_string()), 1 => "\\PC{0,30}"]
}

fn message() -> impl Strategy<Value = Value> {
    let body = prop_oneof![9 => body().prop_map(Value::from), 1 => value()];
    let id = prop_oneof![9 => "[a-f0-9-]{1,36}".prop_map(Value::from), 1 => value()];
    let message = (id, body).prop_map(|(id, body)| json!({"messageId": id, "body": body}));
    prop_oneof![9 => message, 1 => value()]
}

fn batch() -> impl Strategy<Value = Value> {
    let batch = proptest::collection::vec(message(), 0..5);
    prop_oneof![
        19 => batch.prop_map(|messages| json!({"Records": messages})),
        1 => value(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn every_batch_has_an_answer_that_the_queue_understands(batch in batch()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let world = World::new();
        let answer = runtime.block_on(run(batch.clone(), &world.ended_deps()));
        let messages = batch.get("Records").and_then(Value::as_array);
        let most = messages.map_or(1, Vec::len);
        prop_assert!(answer.batch_item_failures.len() <= most);
        let ids: Vec<_> = messages.into_iter().flatten()
            .filter_map(|message| message.get("messageId")?.as_str()).collect();
        for failed in &answer.batch_item_failures {
            let id = failed.item_identifier.as_str();
            prop_assert!(id.is_empty() || ids.contains(&id));
        }
        let wire = serde_json::to_value(&answer).unwrap();
        prop_assert!(wire["batchItemFailures"].is_array());
    }
}

#[tokio::test]
async fn a_message_that_cannot_be_taken_now_comes_again_and_the_others_do_not() {
    let world = World::new();
    let good = json!({"source": "aws.connect", "detail": {"eventType": "QUEUED"}}).to_string();
    let batch = json!({"Records": [
        {"messageId": "m1", "body": good},
        {"messageId": "m2", "body": "{"},
        {"messageId": "m3", "body": good},
    ]});
    let answer = run(batch, &world.ended_deps()).await;
    assert_eq!(
        serde_json::to_value(answer).unwrap(),
        json!({"batchItemFailures": [{"itemIdentifier": "m2"}]})
    );
}

#[tokio::test]
async fn what_is_no_batch_is_refused_as_a_whole() {
    let answer = run(json!({"Records": 7}), &World::new().ended_deps()).await;
    assert_eq!(
        serde_json::to_value(answer).unwrap(),
        json!({"batchItemFailures": [{"itemIdentifier": ""}]})
    );
}
