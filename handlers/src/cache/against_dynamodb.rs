//! The caches' table against each implementation of DynamoDB.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use definitions::{contract::response_cache::INTENT_INDEX, resources::RESPONSE_CACHE};
use jiff::Timestamp;
use tokio::task::JoinSet;

use super::{CacheKey, CacheStore, DynamoDbCache, Entry, ResponseKey, ScenarioKey};
use crate::{
    against_peers::{DynamoDb, on_each_dynamodb},
    bedrock::Topic,
};

fn greeting() -> ResponseKey {
    ResponseKey::new("GreetingIntent", &Topic::of("pricing", &[]), "en-US")
}

fn at(millisecond: i64) -> Timestamp {
    Timestamp::from_millisecond(1_795_000_000_000 + millisecond).unwrap()
}

fn entry(text: &str, millisecond: i64) -> Entry {
    Entry { text: text.to_owned(), written_at: at(millisecond) }
}

async fn on_each(claim: impl AsyncFn(&DynamoDb, &str, Arc<DynamoDbCache>)) {
    on_each_dynamodb(async |dynamodb| {
        let table = dynamodb.create(&RESPONSE_CACHE).await;
        let cache = Arc::new(DynamoDbCache::new(dynamodb.client.clone(), table.clone()));
        claim(dynamodb, &table, cache).await;
    })
    .await;
}

#[tokio::test]
async fn the_newest_entry_of_a_key_is_found() {
    on_each(async |dynamodb, table, cache| {
        let (answers, scenarios) = (greeting(), ScenarioKey::new(&Topic::of("", &[]), "en-US"));
        assert_eq!(cache.newest(&answers).await.unwrap(), None);
        // Also where an older one is written later.
        for (text, millisecond) in [("first", 999), ("third", 1_001), ("second", 1_000)] {
            cache.write(&answers, &entry(text, millisecond), at(300_000)).await.unwrap();
        }
        cache.write(&scenarios, &entry("scenario", 5_000), at(300_000)).await.unwrap();
        assert_eq!(cache.newest(&answers).await.unwrap(), Some(entry("third", 1_001)));
        assert_eq!(cache.newest(&scenarios).await.unwrap(), Some(entry("scenario", 5_000)));
        // The same moment is the same entry.
        cache.write(&answers, &entry("instead", 1_001), at(300_000)).await.unwrap();
        assert_eq!(cache.newest(&answers).await.unwrap(), Some(entry("instead", 1_001)));
        let of_intent = dynamodb.count_in(table, INTENT_INDEX, "intent", "GreetingIntent").await;
        assert_eq!(of_intent, 3);

        let partition = answers.partition();
        let item = [("cacheKey", partition.as_str()), ("writtenAt", "2026-11-18T11:06:41.001Z")];
        let expires = dynamodb.attribute(table, &item, "expiresAt").await;
        assert_eq!(expires, Some(AttributeValue::N(at(300_000).as_second().to_string())));
    })
    .await;
}

#[tokio::test]
async fn a_claim_is_held_until_it_is_given_back_or_over() {
    on_each(async |dynamodb, table, cache| {
        let key = greeting();
        let claim = async |now: i64| cache.claim(&key, at(now), at(now + 30_000)).await.unwrap();
        assert!(claim(0).await);
        assert!(!claim(29_999).await);
        assert!(claim(30_000).await, "it is over");
        assert!(!claim(30_001).await);
        cache.release(&key).await.unwrap();
        cache.release(&key).await.unwrap();
        assert!(claim(30_002).await);
        // A claim is no entry, and keeps nobody from another key.
        assert_eq!(cache.newest(&key).await.unwrap(), None);
        let other = ResponseKey::new("AboutDemoIntent", &Topic::of("pricing", &[]), "en-US");
        assert!(cache.claim(&other, at(0), at(30_000)).await.unwrap());
        cache.write(&key, &entry("Hello.", 0), at(300_000)).await.unwrap();
        assert_eq!(cache.newest(&key).await.unwrap(), Some(entry("Hello.", 0)));

        let partition = format!("CLAIM#{}", key.partition());
        let item = [("cacheKey", partition.as_str()), ("writtenAt", "CLAIM")];
        let expires = dynamodb.attribute(table, &item, "expiresAt").await;
        assert_eq!(expires, Some(AttributeValue::N(at(60_002).as_second().to_string())));
    })
    .await;
}

#[tokio::test]
async fn of_many_who_claim_at_once_one_does() {
    on_each(async |dynamodb, _, cache| {
        if !dynamodb.serializes {
            return;
        }
        // The second time a claim that is over is taken.
        for now in [0, 30_000] {
            let mut claiming = JoinSet::new();
            for _ in 0..10 {
                let cache = Arc::clone(&cache);
                claiming.spawn(async move {
                    cache.claim(&greeting(), at(now), at(now + 30_000)).await.unwrap()
                });
            }
            assert_eq!(claiming.join_all().await.iter().filter(|claimed| **claimed).count(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_table_that_is_not_there_is_no_cache() {
    on_each_dynamodb(async |dynamodb| {
        let cache = DynamoDbCache::new(dynamodb.client.clone(), "none");
        let absent = "ResourceNotFoundException";
        assert_eq!(cache.newest(&greeting()).await.unwrap_err().0, absent);
        assert_eq!(cache.write(&greeting(), &entry("", 0), at(1)).await.unwrap_err().0, absent);
        assert_eq!(cache.claim(&greeting(), at(0), at(1)).await.unwrap_err().0, absent);
        assert_eq!(cache.release(&greeting()).await.unwrap_err().0, absent);
    })
    .await;
}
