//! Erasing one of two people, and that whatever is written goes by itself one day.

use aws_sdk_dynamodb::types::AttributeValue;
use definitions::contract::records::{EXPIRES_AT, PARTITION_KEY, SORT_KEY};
use jiff::SignedDuration;

use super::tables::{Tables, at, expiry, new_attempt, on_each};
use crate::records::{
    AttemptRecords, DynamoAttempts, DynamoErasure, DynamoLeads, DynamoPace, EmailHash,
    EndedContact, KeptInteraction, LeadRecord, LeadRecords, LeadState, NewAttempt, Pace,
    PaceLimits, PhoneHash, Wanted,
};

const LIMITS: PaceLimits = PaceLimits {
    requests_per_second: 10,
    concurrent_calls: 10,
    longest_call: SignedDuration::from_mins(10),
};

/// A lead with an attempt that was dialled, its contact, and its place among the calls.
async fn called(tables: &Tables<'_>, key: &str, phone: &str, email: &str) {
    let lead = LeadRecord {
        interaction_key: key.parse().unwrap(),
        state: LeadState::Created,
        source: "cli".to_owned(),
        phone_hash: PhoneHash::stored(phone),
        email_hash: Some(EmailHash::stored(email)),
        created_at: at(0),
        lead_id: None,
        outcome: None,
    };
    DynamoLeads::new(tables.calls.clone()).create(&lead).await.unwrap();
    let attempts = DynamoAttempts::new(tables.calls.clone());
    let new = NewAttempt {
        phone_hash: PhoneHash::stored(phone),
        lead_id: format!("00Q-{key}"),
        ..new_attempt(&format!("{key}#1"))
    };
    attempts.reserve(&new).await.unwrap();
    DynamoPace::new(tables.calls.clone(), LIMITS).take(&new.key, at(0)).await.unwrap();
    let contact = format!("contact-{key}");
    attempts.dialed(&new.key, &contact, at(1), at(900)).await.unwrap();
    attempts.tie_contact(&contact, &new.key).await.unwrap();
    attempts.keep_end(&contact, &EndedContact::default()).await.unwrap();
}

/// An item as the machines put it.
async fn park(tables: &Tables<'_>, key: &str, record: &str, intake: &str) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = tables.dynamodb.client.put_item().table_name(tables.calls.name());
    put.item(PARTITION_KEY, text(key))
        .item(SORT_KEY, text(record))
        .item("intake", text(intake))
        .item("execution", text(&format!("arn-{key}")))
        .item(EXPIRES_AT, expiry(0).unwrap())
        .send()
        .await
        .unwrap();
}

async fn all(tables: &Tables<'_>) -> Vec<std::collections::HashMap<String, AttributeValue>> {
    let scan = tables.dynamodb.client.scan().table_name(tables.calls.name());
    scan.consistent_read(true).send().await.unwrap().items.unwrap_or_default()
}

fn name(item: &std::collections::HashMap<String, AttributeValue>) -> String {
    let text = |name: &str| item[name].as_s().unwrap().clone();
    format!("{} {}", text(PARTITION_KEY), text(SORT_KEY))
}

async fn names(tables: &Tables<'_>) -> Vec<String> {
    let mut names: Vec<String> = all(tables).await.iter().map(name).collect();
    names.sort();
    names.retain(|name| !name.starts_with("PACE#"));
    names
}

#[tokio::test]
async fn all_of_one_person_goes_and_all_of_the_other_stays() {
    on_each(async |tables| {
        called(&tables, "ada-1", "p-ada", "e-ada").await;
        called(&tables, "ada-2", "p-ada", "e-ada-at-work").await;
        called(&tables, "bob-1", "p-bob", "e-bob").await;
        park(&tables, "ada-1", "UNREPORTED#1", "-").await;
        park(&tables, "ada-3", "PARKED", "of Ada").await;
        park(&tables, "bob-2", "PARKED", "of Bob").await;
        let erasure = DynamoErasure::new(tables.calls.clone());
        let is_theirs = |intake: &str| intake == "of Ada";
        let wanted = |phones: &[&str], emails: &[&str], keys: &[&str]| Wanted {
            phones: phones.iter().map(|hash| PhoneHash::stored(hash)).collect(),
            emails: emails.iter().map(|hash| EmailHash::stored(hash)).collect(),
            keys: keys.iter().map(|key| key.parse().unwrap()).collect(),
            is_theirs: &is_theirs,
        };
        let find = async |wanted: Wanted<'_>| -> Vec<KeptInteraction> {
            let mut found = erasure.find(&wanted).await.unwrap();
            found.sort_by(|a, b| a.key.as_str().cmp(b.key.as_str()));
            found
        };
        let keys = |found: &[KeptInteraction]| -> Vec<String> {
            found.iter().map(|one| one.key.as_str().to_owned()).collect()
        };
        assert_eq!(keys(&find(wanted(&["p-ada"], &[], &[])).await), ["ada-1", "ada-2", "ada-3"]);
        assert_eq!(keys(&find(wanted(&[], &["e-ada"], &[])).await), ["ada-1", "ada-3"]);
        assert_eq!(keys(&find(wanted(&[], &[], &["ada-2", "gone"])).await), ["ada-2", "ada-3"]);

        // What has expired is theirs until DynamoDB has deleted it.
        tables.clock.set(48 * 3600);
        let found = find(wanted(&["p-ada"], &[], &[])).await;
        let first = &found[0];
        let records: Vec<&str> = first.items.iter().map(|(_, record)| record.as_str()).collect();
        assert_eq!(records, ["ATTEMPT#1", "UNREPORTED#1", "CONTACT", "LEAD"], "the lead is last");
        assert_eq!(first.lead_ids, ["00Q-ada-1"]);
        assert_eq!(first.contact_ids, ["contact-ada-1"]);
        assert_eq!(first.executions, ["arn-ada-1"]);

        let bobs =
            ["CONTACT#contact-bob-1 CONTACT", "bob-1 ATTEMPT#1", "bob-1 LEAD", "bob-2 PARKED"];
        for _ in 0..2 {
            // A second time nothing is left to do, and that is no fault.
            for kept in &found {
                erasure.erase(kept).await.unwrap();
            }
            assert_eq!(names(&tables).await, bobs);
        }
        assert_eq!(find(wanted(&["p-ada"], &["e-ada"], &["ada-1"])).await, []);
        let calls = tables.of_call("PACE#CONNECT", "CALLS", "calls").await.unwrap();
        assert_eq!(calls.as_m().unwrap().len(), 1, "Ada's places among the calls are free");
    })
    .await;
}

/// A call that goes on when its records are erased ends later, and its end is kept.
#[tokio::test]
async fn a_contact_whose_attempt_is_erased_is_found_by_the_key_of_its_call() {
    on_each(async |tables| {
        let attempts = DynamoAttempts::new(tables.calls.clone());
        for (contact, call) in [("of-ada", "ada#1"), ("of-ada-2", "ada-2#1"), ("of-bob", "bob#1")] {
            attempts.tie_contact(contact, &call.parse().unwrap()).await.unwrap();
            attempts.keep_end(contact, &EndedContact::default()).await.unwrap();
        }
        let erasure = DynamoErasure::new(tables.calls.clone());
        // Hers is behind more keys than one scan asks for.
        let others = (0..90).map(|number| format!("other-{number}"));
        let keys = others.chain(["ada".to_owned()]).map(|key| key.parse().unwrap()).collect();
        let wanted =
            Wanted { phones: Vec::new(), emails: Vec::new(), keys, is_theirs: &|_: &str| false };
        let found = erasure.find(&wanted).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].contact_ids, ["of-ada"]);
        erasure.erase(&found[0]).await.unwrap();
        assert_eq!(names(&tables).await, ["CONTACT#of-ada-2 CONTACT", "CONTACT#of-bob CONTACT"]);
        assert_eq!(erasure.find(&wanted).await.unwrap(), []);
    })
    .await;
}

/// The machines' own items say so in their definition, the caches' in their own tests.
#[tokio::test]
async fn whatever_a_handler_writes_expires_by_the_days_of_records() {
    on_each(async |tables| {
        called(&tables, "ada-1", "p-ada", "e-ada").await;
        let attempts = DynamoAttempts::new(tables.calls.clone());
        attempts.keep_end("early", &EndedContact::default()).await.unwrap();
        let mut seen = Vec::new();
        for item in all(&tables).await {
            let (name, expires) = (name(&item), item.get(EXPIRES_AT).cloned());
            match name.split(' ').collect::<Vec<_>>()[..] {
                // The counter of calls has no expiry: it holds keys of calls that go on, and no person's data.
                ["PACE#CONNECT", "CALLS"] => assert_eq!(expires, None),
                ["PACE#CONNECT", _] => {
                    let in_an_hour = AttributeValue::N((at(0).as_second() + 3600).to_string());
                    assert_eq!(expires, Some(in_an_hour), "{name}");
                }
                _ => assert_eq!(expires, expiry(0), "{name}"),
            }
            seen.push(name);
        }
        assert_eq!(seen.len(), 6, "{seen:?}");
    })
    .await;
}
