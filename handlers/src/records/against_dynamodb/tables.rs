//! Tables of its own for each claim, a clock that is set, and a peer that is strict enough to tell.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::{error::ProvideErrorMetadata, types::AttributeValue};
use definitions::{
    contract::CallbackToken,
    resources::{CALLS, SUPPRESSION},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    against_peers::{DynamoDb, on_each_dynamodb},
    clock::Clock,
    records::{NewAttempt, PhoneHash, Table},
};

/// What items of these tables are kept for.
pub(super) const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

pub(super) struct Hands(Mutex<Timestamp>);

impl Hands {
    pub(super) fn set(&self, second: i64) {
        *self.0.lock().unwrap() = at(second);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

/// What `expiresAt` says of an item that is written at this second.
pub(super) fn expiry(second: i64) -> Option<AttributeValue> {
    Some(AttributeValue::N((at(second) + KEPT_FOR).as_second().to_string()))
}

pub(super) fn token(text: &str) -> CallbackToken {
    serde_json::from_value(json!(text)).unwrap()
}

/// An attempt that is due after a quarter of an hour, for the token `T1`.
pub(super) fn new_attempt(key: &str) -> NewAttempt {
    let scenario = json!({"opening": "Hello", "objective": "a demo", "talkingPoints": ["one"],
        "tone": "calm", "language": "en-US"});
    NewAttempt {
        key: key.parse().unwrap(),
        lead_id: "00Q1".to_owned(),
        scenario: serde_json::from_value(scenario).unwrap(),
        task_token: token("T1"),
        phone_hash: PhoneHash::stored("aa"),
        waiting: true,
        reserved_at: at(0),
        due_at: at(900),
    }
}

pub(super) struct Tables<'a> {
    pub(super) dynamodb: &'a DynamoDb,
    pub(super) clock: Arc<Hands>,
    pub(super) calls: Table,
    pub(super) suppression: Table,
}

impl Tables<'_> {
    /// An attribute of an item of the calls.
    pub(super) async fn of_call(
        &self,
        partition: &str,
        record: &str,
        name: &str,
    ) -> Option<AttributeValue> {
        let key = [("interactionKey", partition), ("record", record)];
        self.dynamodb.attribute(self.calls.name(), &key, name).await
    }
}

/// Holds a claim to each implementation, in tables of its own.
pub(super) async fn on_each(claim: impl AsyncFn(Tables<'_>)) {
    on_each_dynamodb(async |dynamodb| {
        let calls = dynamodb.create(&CALLS).await;
        let suppression = dynamodb.create(&SUPPRESSION).await;
        let clock = Arc::new(Hands(Mutex::new(at(0))));
        let table =
            |name: String| Table::new(dynamodb.client.clone(), name, clock.clone(), KEPT_FOR);
        let (calls, suppression) = (table(calls), table(suppression));
        claim(Tables { dynamodb, clock, calls, suppression }).await;
    })
    .await;
}

/// Else it would prove nothing that they take our expressions, whose names are words like `state`.
#[tokio::test]
async fn a_reserved_word_that_stands_for_itself_is_refused() {
    on_each(async |tables| {
        let key = |name: &str| (name.to_owned(), AttributeValue::S("3f0c".to_owned()));
        let updated = tables
            .dynamodb
            .client
            .update_item()
            .table_name(tables.calls.name())
            .set_key(Some([key("interactionKey"), key("record")].into()))
            .update_expression("SET state = :state")
            .expression_attribute_values(":state", AttributeValue::S("RESERVED".to_owned()))
            .send()
            .await;
        assert_eq!(updated.unwrap_err().code(), Some("ValidationException"));
    })
    .await;
}
