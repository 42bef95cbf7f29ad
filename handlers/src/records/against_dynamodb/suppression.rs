//! The numbers that must not be called.

use super::tables::{at, on_each};
use crate::records::{DynamoSuppression, PhoneHash, SuppressedNumber, SuppressionList};

fn number(hash: &str, reason: String) -> SuppressedNumber {
    SuppressedNumber { phone_hash: PhoneHash::stored(hash), reason, since: at(0) }
}

#[tokio::test]
async fn a_suppressed_number_stays_until_it_is_taken_off() {
    on_each(async |tables| {
        let list = DynamoSuppression::new(tables.suppression.clone());
        let number = number("aa", "asked us to".to_owned());
        assert!(!list.holds(&number.phone_hash).await.unwrap());
        assert!(list.add(&number).await.unwrap());
        let second = SuppressedNumber { reason: "again".to_owned(), ..number.clone() };
        assert!(!list.add(&second).await.unwrap());
        assert!(list.holds(&number.phone_hash).await.unwrap());
        assert!(!list.holds(&PhoneHash::stored("ab")).await.unwrap());
        assert_eq!(list.list().await.unwrap(), std::slice::from_ref(&number));
        let (table, key) = (tables.suppression.name(), [("phoneHash", "aa")]);
        assert_eq!(tables.dynamodb.attribute(table, &key, "expiresAt").await, None);
        // It outlives everything else.
        tables.clock.set(10 * 365 * 24 * 3600);
        assert!(list.holds(&number.phone_hash).await.unwrap());
        assert!(list.remove(&number.phone_hash).await.unwrap());
        assert!(!list.remove(&number.phone_hash).await.unwrap());
        assert!(!list.holds(&number.phone_hash).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_list_of_more_than_one_page_is_listed_whole() {
    on_each(async |tables| {
        let list = DynamoSuppression::new(tables.suppression.clone());
        assert_eq!(list.list().await.unwrap(), []);
        // A page has one megabyte at most.
        let mut added: Vec<_> =
            ["aa", "ab", "ac", "ad", "ae"].map(|hash| number(hash, "x".repeat(300_000))).into();
        for number in &added {
            assert!(list.add(number).await.unwrap());
        }
        let page = tables.dynamodb.client.scan().table_name(tables.suppression.name()).send().await;
        assert!(page.unwrap().last_evaluated_key.is_some(), "there is more than one page");
        let mut listed = list.list().await.unwrap();
        listed.sort_by(|a, b| a.phone_hash.cmp(&b.phone_hash));
        added.sort_by(|a, b| a.phone_hash.cmp(&b.phone_hash));
        assert!(listed == added, "{} of {} are listed", listed.len(), added.len());
    })
    .await;
}
