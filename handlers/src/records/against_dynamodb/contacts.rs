//! A contact and its end, which may come in either order or at the same time.

use aws_sdk_dynamodb::types::AttributeValue;

use super::tables::{at, expiry, new_attempt, on_each};
use crate::records::{AttemptKey, AttemptRecords, DynamoAttempts, EndedContact};

fn ended(second: i64) -> EndedContact {
    EndedContact { connected_at: Some(at(second)), ..EndedContact::default() }
}

#[tokio::test]
async fn a_contact_and_its_end_find_each_other_whichever_comes_first() {
    on_each(async |tables| {
        let records = DynamoAttempts::new(tables.calls.clone());
        let key: AttemptKey = "3f0c#1".parse().unwrap();
        let expires = async |contact: &str| tables.of_call(contact, "CONTACT", "expiresAt").await;

        assert_eq!(records.keep_end("c-1", &ended(1)).await.unwrap(), None);
        assert_eq!(expires("CONTACT#c-1").await, expiry(0));
        tables.clock.set(60);
        assert_eq!(records.keep_end("c-1", &ended(2)).await.unwrap(), None, "a second delivery");
        assert_eq!(expires("CONTACT#c-1").await, expiry(0));
        assert_eq!(records.tie_contact("c-1", &key).await.unwrap(), Some(ended(1)));
        assert_eq!(records.tie_contact("c-1", &key).await.unwrap(), Some(ended(1)));
        assert_eq!(expires("CONTACT#c-1").await, expiry(60));

        assert_eq!(records.tie_contact("c-2", &key).await.unwrap(), None);
        assert_eq!(records.keep_end("c-2", &ended(2)).await.unwrap(), Some(key.clone()));
        assert_eq!(records.keep_end("c-2", &ended(3)).await.unwrap(), Some(key.clone()));
        assert_eq!(records.tie_contact("c-2", &key).await.unwrap(), Some(ended(2)));
        let call = tables.of_call("CONTACT#c-2", "CONTACT", "call").await;
        assert_eq!(call, Some(AttributeValue::S("3f0c#1".to_owned())));
    })
    .await;
}

#[tokio::test]
async fn a_contact_and_its_end_at_the_same_time_never_miss_each_other() {
    on_each(async |tables| {
        if !tables.dynamodb.serializes {
            return;
        }
        let records = DynamoAttempts::new(tables.calls);
        let key: AttemptKey = "3f0c#1".parse().unwrap();
        for number in 0..20 {
            let contact = format!("c-{number}");
            let end = ended(number);
            let (tied, kept) =
                tokio::join!(records.tie_contact(&contact, &key), records.keep_end(&contact, &end));
            let (tied, kept) = (tied.unwrap(), kept.unwrap());
            assert!(tied == Some(end) || kept.as_ref() == Some(&key), "{tied:?} {kept:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_attempt_is_found_by_the_contact_that_it_has() {
    on_each(async |tables| {
        let records = DynamoAttempts::new(tables.calls);
        for (attempt, contact) in [("3f0c#1", "c-1"), ("3f0c#2", "c-2")] {
            let new = new_attempt(attempt);
            records.reserve(&new).await.unwrap();
            assert_eq!(records.of_contact(contact).await.unwrap(), None);
            records.dialed(&new.key, contact, at(1), at(900)).await.unwrap();
            assert_eq!(records.of_contact(contact).await.unwrap(), Some(new.key));
        }
        // The contact's own item is not of this index.
        records.keep_end("c-9", &ended(1)).await.unwrap();
        assert_eq!(records.of_contact("c-9").await.unwrap(), None);
    })
    .await;
}
