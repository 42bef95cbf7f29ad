//! The leads: `CREATED → REPORTED`, and what the machines park of them.

use aws_sdk_dynamodb::types::AttributeValue;
use definitions::contract::{
    Outcome,
    records::{LEAD_INDEX, PHONE_INDEX},
};
use serde_json::json;
use tokio::task::JoinSet;

use super::tables::{Tables, at, expiry, new_attempt, on_each};
use crate::records::{
    AttemptRecords, DynamoAttempts, DynamoInteractions, DynamoLeads, DynamoParked, EmailHash,
    LeadRecord, LeadRecords, LeadState, Parked, ParkedRecords, PhoneHash,
};

fn lead(source: &str) -> LeadRecord {
    LeadRecord {
        interaction_key: "3f0c".parse().unwrap(),
        state: LeadState::Created,
        source: source.to_owned(),
        phone_hash: PhoneHash::stored("aa"),
        email_hash: Some(EmailHash::stored("ee")),
        created_at: at(0),
        lead_id: None,
        outcome: None,
    }
}

#[tokio::test]
async fn a_lead_is_created_once_and_reported_once() {
    on_each(async |tables| {
        let leads = DynamoLeads::new(tables.calls.clone());
        let lead = lead("cli");
        let key = &lead.interaction_key;
        assert_eq!(leads.lead(key).await.unwrap(), None);
        assert!(!leads.report(key, "00Q1", Outcome::Busy, at(1)).await.unwrap());
        assert_eq!(leads.lead(key).await.unwrap(), None, "a report makes no lead");
        assert_eq!(leads.create(&lead).await.unwrap(), lead);
        let second = LeadRecord { source: "lex".to_owned(), ..lead.clone() };
        assert_eq!(leads.create(&second).await.unwrap(), lead, "the first stays");
        assert_eq!(tables.of_call("3f0c", "LEAD", "expiresAt").await, expiry(0));
        assert!(leads.report(key, "00Q1", Outcome::Busy, at(1)).await.unwrap());
        assert!(!leads.report(key, "00Q1", Outcome::Answered, at(2)).await.unwrap());
        let reported = LeadRecord {
            state: LeadState::Reported,
            lead_id: Some("00Q1".to_owned()),
            outcome: Some(Outcome::Busy),
            ..lead.clone()
        };
        assert_eq!(leads.lead(key).await.unwrap().as_ref(), Some(&reported));
        assert_eq!(leads.create(&lead).await.unwrap(), reported);
        let count = async |index, field, value| {
            tables.dynamodb.count_in(tables.calls.name(), index, field, value).await
        };
        assert_eq!(count(LEAD_INDEX, "leadId", "00Q1").await, 1);
        assert_eq!(count(PHONE_INDEX, "phoneHash", "aa").await, 1);
        DynamoAttempts::new(tables.calls.clone()).reserve(&new_attempt("3f0c#1")).await.unwrap();
        let interactions = DynamoInteractions::new(tables.calls.clone());
        let of_one = std::slice::from_ref(key);
        assert_eq!(interactions.of_lead("00Q1").await.unwrap(), of_one, "once, of two items");
        assert_eq!(interactions.of_phone(&PhoneHash::stored("aa")).await.unwrap(), of_one);
        assert_eq!(interactions.of_contact("none").await.unwrap(), []);

        tables.clock.set(24 * 3600);
        assert_eq!(leads.lead(key).await.unwrap(), None);
        assert_eq!(leads.create(&second).await.unwrap(), second, "what has expired makes room");
        assert_eq!(leads.lead(key).await.unwrap(), Some(second));
    })
    .await;
}

#[tokio::test]
async fn of_many_who_report_at_once_one_does() {
    on_each(async |tables| {
        if !tables.dynamodb.serializes {
            return;
        }
        let leads = DynamoLeads::new(tables.calls);
        let lead = lead("cli");
        leads.create(&lead).await.unwrap();
        let mut reporting = JoinSet::new();
        for _ in 0..10 {
            let (leads, key) = (leads.clone(), lead.interaction_key.clone());
            reporting.spawn(async move {
                leads.report(&key, "00Q1", Outcome::Busy, at(1)).await.unwrap()
            });
        }
        assert_eq!(reporting.join_all().await.iter().filter(|done| **done).count(), 1);
    })
    .await;
}

/// An item as the machines put it.
async fn park(tables: &Tables<'_>, record: &str, expires: i64) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    tables
        .dynamodb
        .client
        .put_item()
        .table_name(tables.calls.name())
        .item("interactionKey", text("3f0c"))
        .item("record", text(record))
        .item("error", text("Salesforce.Rejected"))
        .item("attempt", AttributeValue::N("2".to_owned()))
        .item("expiresAt", AttributeValue::N(at(expires).as_second().to_string()))
        .send()
        .await
        .unwrap();
}

#[tokio::test]
async fn what_was_parked_is_found_until_it_is_replayed_or_over() {
    on_each(async |tables| {
        let leads = DynamoLeads::new(tables.calls.clone());
        let lead = lead("cli");
        let key = &lead.interaction_key;
        leads.create(&lead).await.unwrap();
        DynamoAttempts::new(tables.calls.clone()).reserve(&new_attempt("3f0c#1")).await.unwrap();
        let kept = DynamoParked::new(tables.calls.clone());
        assert_eq!(kept.of(key).await.unwrap(), []);
        for (record, expires) in [("PARKED", 1000), ("UNREPORTED#1", 1000), ("UNREPORTED#2", 500)] {
            park(&tables, record, expires).await;
        }
        let parked = async || {
            let mut all = kept.all().await.unwrap();
            all.sort_by(|a, b| a.record.cmp(&b.record));
            let of_key = kept.of(key).await.unwrap();
            assert_eq!(all, of_key);
            of_key.iter().map(|one| one.record.clone()).collect::<Vec<_>>()
        };
        assert_eq!(parked().await, ["PARKED", "UNREPORTED#1", "UNREPORTED#2"]);
        let first = kept.of(key).await.unwrap().remove(0);
        let expires = at(1000).as_second();
        let expected = json!({"error": "Salesforce.Rejected", "attempt": 2, "expiresAt": expires});
        assert_eq!(serde_json::Value::Object(first.fields.clone()), expected);

        tables.clock.set(500);
        assert_eq!(parked().await, ["PARKED", "UNREPORTED#1"]);
        let of = |record: &str| Parked { record: record.to_owned(), ..first.clone() };
        assert!(kept.replayed(&of("UNREPORTED#1")).await.unwrap());
        assert!(!kept.replayed(&of("UNREPORTED#1")).await.unwrap());
        assert_eq!(parked().await, ["PARKED"]);
        let mut before = of("PARKED");
        before.fields.insert("parkedAt".to_owned(), json!("2026-11-20T09:15:30Z"));
        assert!(!kept.replayed(&before).await.unwrap(), "it was parked again meanwhile");
        assert_eq!(parked().await, ["PARKED"]);
        for record in ["LEAD", "ATTEMPT#1"] {
            assert!(kept.replayed(&of(record)).await.is_err(), "{record}");
        }
        assert_eq!(leads.lead(key).await.unwrap(), Some(lead.clone()));
    })
    .await;
}
