//! The records against whatever speaks DynamoDB at `ATLAS_DYNAMODB_ENDPOINT`: the conditions are
//! evaluated by somebody who did not write them. Without it the test says that it skips.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use definitions::{
    contract::{CallbackToken, Outcome},
    resources::{CALLS, SUPPRESSION},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{tables::create_table, *};
use crate::{
    clock::Clock,
    connect::{outcome_of, unknown_outcome},
};

struct Hands(Mutex<Timestamp>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn token(text: &str) -> CallbackToken {
    serde_json::from_value(json!(text)).unwrap()
}

fn new_attempt(key: &str) -> NewAttempt {
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

struct Tables {
    clock: Arc<Hands>,
    calls: Table,
    suppression: Table,
}

/// Tables of their own for each run.
async fn tables() -> Option<Tables> {
    let Ok(endpoint) = std::env::var("ATLAS_DYNAMODB_ENDPOINT") else {
        println!("skipped: ATLAS_DYNAMODB_ENDPOINT names nothing that speaks DynamoDB");
        return None;
    };
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-west-2"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .build();
    let client = Client::from_conf(config);
    let run = Timestamp::now().as_nanosecond();
    let (calls, suppression) = (format!("calls-{run}"), format!("suppression-{run}"));
    create_table(&client, &CALLS, &calls).send().await.unwrap();
    create_table(&client, &SUPPRESSION, &suppression).send().await.unwrap();
    let clock = Arc::new(Hands(Mutex::new(at(0))));
    let kept = SignedDuration::from_hours(24);
    Some(Tables {
        calls: Table::new(client.clone(), calls, clock.clone(), kept),
        suppression: Table::new(client, suppression, clock.clone(), kept),
        clock,
    })
}

#[tokio::test]
async fn every_transition_is_conditional_on_the_state_before_it() {
    let Some(tables) = tables().await else { return };
    let records = DynamoAttempts::new(tables.calls.clone());
    let new = new_attempt("3f0c#1");
    let key = &new.key;

    assert_eq!(records.reserve(&new).await.unwrap(), Reserved::New);
    let Reserved::Existing(known) = records.reserve(&new).await.unwrap() else {
        panic!("it was reserved before")
    };
    assert_eq!(known.state, AttemptState::Reserved);
    assert!(known.waiting);
    assert_eq!((&known.scenario, known.due_at), (&new.scenario, Some(at(900))));
    assert_eq!(records.attempt(key).await.unwrap().as_ref(), Some(&*known));

    records.dialing(key, at(1)).await.unwrap();
    records.waiting(key).await.unwrap();
    let dialing = records.attempt(key).await.unwrap().unwrap();
    assert_eq!((dialing.state, dialing.waiting), (AttemptState::Dialing, false));

    // Nothing has a contact yet, so nothing ends.
    let outcome = unknown_outcome(Some("c-1"), "test");
    let early = records.ended(key, &outcome, at(2)).await.unwrap();
    assert_eq!(early.state, AttemptState::Dialing);

    let dialed = records.dialed(key, "c-1", at(2), at(950)).await.unwrap();
    assert_eq!(dialed.state, AttemptState::Dialed);
    let again = records.dialed(key, "c-2", at(3), at(950)).await.unwrap();
    assert_eq!(again.contact_id.as_deref(), Some("c-1"));
    let refusal = Refusal {
        error: definitions::contract::InvokeOutboundCallError::CallNotAllowed,
        cause: "late".to_owned(),
    };
    let placed = records.not_placed(key, &refusal).await.unwrap();
    assert_eq!((placed.state, placed.refusal), (AttemptState::Dialed, None));

    let renewed = records.renew_token(key, &token("T2"), at(1000)).await.unwrap();
    assert_eq!(renewed.task_token, token("T2"));
    let end = EndedContact {
        disconnect_reason: Some("TELECOM_BUSY".to_owned()),
        ..EndedContact::default()
    };
    let busy = outcome_of("c-1", &end);
    let ended = records.ended(key, &busy, at(4)).await.unwrap();
    assert_eq!((ended.state, ended.outcome.as_ref()), (AttemptState::Ended, Some(&busy)));
    let ended = records.ended(key, &outcome, at(5)).await.unwrap();
    assert_eq!(ended.outcome.as_ref(), Some(&busy), "the first outcome stays");

    assert_eq!(records.overdue(at(999), 10).await.unwrap(), []);
    assert_eq!(records.overdue(at(1000), 10).await.unwrap(), std::slice::from_ref(key));
    assert!(!records.settled(key, &token("T1")).await.unwrap());
    assert!(records.settled(key, &token("T2")).await.unwrap());
    assert_eq!(records.overdue(at(2000), 10).await.unwrap(), []);
    records.postpone(key, at(5000)).await.unwrap();
    assert_eq!(records.attempt(key).await.unwrap().unwrap().due_at, None);
    assert_eq!(records.of_contact("c-1").await.unwrap().as_ref(), Some(key));
    assert_eq!(records.of_contact("c-9").await.unwrap(), None);

    let other = new_attempt("3f0c#2");
    records.reserve(&other).await.unwrap();
    let refused = records.not_placed(&other.key, &refusal).await.unwrap();
    assert_eq!(
        (refused.state, refused.refusal.as_ref()),
        (AttemptState::NotPlaced, Some(&refusal))
    );
    assert_eq!(records.overdue(at(2000), 10).await.unwrap(), []);

    let third = new_attempt("3f0c#3");
    records.reserve(&third).await.unwrap();
    assert!(!records.held(&third.key, &token("T9"), at(6)).await.unwrap());
    assert!(records.held(&third.key, &token("T1"), at(6)).await.unwrap());
    assert!(records.renew_token(&"none#1".parse().unwrap(), &token("T"), at(0)).await.is_err());

    // DynamoDB may delete late: what has expired is not there for us.
    *tables.clock.0.lock().unwrap() = at(25 * 3600);
    assert_eq!(records.attempt(key).await.unwrap(), None);
    assert_eq!(records.reserve(&new).await.unwrap(), Reserved::New);
}

#[tokio::test]
async fn a_contact_and_its_end_find_each_other_whichever_comes_first() {
    let Some(tables) = tables().await else { return };
    let records = DynamoAttempts::new(tables.calls);
    let key = "3f0c#1".parse().unwrap();
    let end = EndedContact { connected_at: Some(at(1)), ..EndedContact::default() };
    let later = EndedContact { connected_at: Some(at(2)), ..EndedContact::default() };

    assert_eq!(records.keep_end("c-1", &end).await.unwrap(), None);
    assert_eq!(records.keep_end("c-1", &later).await.unwrap(), None);
    assert_eq!(records.tie_contact("c-1", &key).await.unwrap(), Some(end));

    assert_eq!(records.tie_contact("c-2", &key).await.unwrap(), None);
    assert_eq!(records.keep_end("c-2", &later).await.unwrap(), Some(key));
}

#[tokio::test]
async fn a_lead_is_created_once_and_reported_once() {
    let Some(tables) = tables().await else { return };
    let leads = DynamoLeads::new(tables.calls);
    let lead = LeadRecord {
        interaction_key: "3f0c".parse().unwrap(),
        state: LeadState::Created,
        source: "cli".to_owned(),
        phone_hash: PhoneHash::stored("aa"),
        created_at: at(0),
        lead_id: None,
        outcome: None,
    };
    let key = &lead.interaction_key;
    assert!(!leads.report(key, "00Q1", Outcome::Busy, at(1)).await.unwrap());
    assert_eq!(leads.create(&lead).await.unwrap(), lead);
    assert_eq!(leads.create(&lead).await.unwrap(), lead);
    assert!(leads.report(key, "00Q1", Outcome::Busy, at(1)).await.unwrap());
    assert!(!leads.report(key, "00Q1", Outcome::Answered, at(2)).await.unwrap());
    let reported = leads.lead(key).await.unwrap().unwrap();
    assert_eq!((reported.state, reported.outcome), (LeadState::Reported, Some(Outcome::Busy)));
    assert_eq!(leads.create(&lead).await.unwrap(), reported);
    assert_eq!(leads.parked(key).await.unwrap(), []);
}

#[tokio::test]
async fn the_pace_counts_requests_and_calls_for_all_together() {
    let Some(tables) = tables().await else { return };
    let limits = PaceLimits {
        requests_per_second: 2,
        concurrent_calls: 3,
        longest_call: SignedDuration::from_mins(10),
    };
    let pace = DynamoPace::new(tables.calls, limits);
    let call = |number: u32| -> AttemptKey { format!("key#{number}").parse().unwrap() };
    assert_eq!(pace.take(&call(1), at(0)).await.unwrap(), Slot::Taken);
    assert_eq!(pace.take(&call(2), at(0)).await.unwrap(), Slot::Taken);
    assert_eq!(pace.take(&call(3), at(0)).await.unwrap(), Slot::TooFast);
    pace.release(&call(3)).await.unwrap();
    assert_eq!(pace.take(&call(3), at(1)).await.unwrap(), Slot::Taken);
    assert_eq!(pace.take(&call(4), at(1)).await.unwrap(), Slot::TooMany);
    assert_eq!(pace.take(&call(3), at(2)).await.unwrap(), Slot::Taken, "a place is held on");
    pace.release(&call(1)).await.unwrap();
    pace.release(&call(1)).await.unwrap();
    assert_eq!(pace.take(&call(4), at(3)).await.unwrap(), Slot::Taken);
    // Nobody gave these places back.
    assert_eq!(pace.take(&call(5), at(4)).await.unwrap(), Slot::TooMany);
    assert_eq!(pace.take(&call(5), at(700)).await.unwrap(), Slot::Taken);
}

#[tokio::test]
async fn a_suppressed_number_stays_until_it_is_taken_off() {
    let Some(tables) = tables().await else { return };
    let list = DynamoSuppression::new(tables.suppression);
    let number = SuppressedNumber {
        phone_hash: PhoneHash::stored("aa"),
        reason: "asked us to".to_owned(),
        since: at(0),
    };
    assert!(!list.holds(&number.phone_hash).await.unwrap());
    assert!(list.add(&number).await.unwrap());
    let second = SuppressedNumber { reason: "again".to_owned(), ..number.clone() };
    assert!(!list.add(&second).await.unwrap());
    assert!(list.holds(&number.phone_hash).await.unwrap());
    assert_eq!(list.list().await.unwrap(), std::slice::from_ref(&number));
    assert!(list.remove(&number.phone_hash).await.unwrap());
    assert!(!list.remove(&number.phone_hash).await.unwrap());
}
