//! The attempts: `RESERVED → DIALING → DIALED → ENDED`, `NOT_PLACED`, tokens, and who is overdue.

use definitions::contract::{
    CallOutcome, InvokeOutboundCallError,
    records::{LEAD_INDEX, PHONE_INDEX},
};
use tokio::task::JoinSet;

use super::tables::{at, expiry, new_attempt, on_each, token};
use crate::{
    connect::{outcome_of, unknown_outcome},
    records::{
        Attempt, AttemptKey, AttemptRecords, AttemptState, DynamoAttempts, EndedContact,
        NewAttempt, Refusal, Reserved,
    },
};

fn refusal() -> Refusal {
    Refusal { error: InvokeOutboundCallError::CallNotAllowed, cause: "hours".to_owned() }
}

fn busy() -> CallOutcome {
    let end = EndedContact {
        disconnect_reason: Some("TELECOM_BUSY".to_owned()),
        ..EndedContact::default()
    };
    outcome_of("c-1", &end)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Waiting,
    Dialing,
    Dialed,
    NotPlaced,
    Ended,
}

impl Move {
    const ALL: [Self; 5] =
        [Self::Waiting, Self::Dialing, Self::Dialed, Self::NotPlaced, Self::Ended];

    /// Where it leads; `None` where it is not to be made.
    fn from(self, state: AttemptState) -> Option<AttemptState> {
        use AttemptState as State;
        match (self, state) {
            (Self::Waiting, State::Reserved) => Some(State::Reserved),
            (Self::Dialing, State::Reserved) => Some(State::Dialing),
            (Self::Dialed, State::Reserved | State::Dialing) => Some(State::Dialed),
            (Self::NotPlaced, State::Reserved | State::Dialing) => Some(State::NotPlaced),
            (Self::Ended, State::Dialed) => Some(State::Ended),
            _ => None,
        }
    }

    /// Tries it; the moves that answer with the attempt do so with the one that stands there.
    async fn make(self, records: &DynamoAttempts, key: &AttemptKey) -> Attempt {
        let told = match self {
            Self::Waiting => records.waiting(key).await.map(|()| None),
            Self::Dialing => records.dialing(key, at(1)).await.map(|()| None),
            Self::Dialed => records.dialed(key, "c-9", at(2), at(950)).await.map(Some),
            Self::NotPlaced => records.not_placed(key, &refusal()).await.map(Some),
            Self::Ended => {
                let outcome = unknown_outcome(Some("c-9"), "test");
                records.ended(key, &outcome, at(3)).await.map(Some)
            }
        };
        let there = read(records, key).await;
        if let Some(told) = told.unwrap() {
            assert_eq!(told, there, "{self:?}");
        }
        there
    }
}

async fn read(records: &DynamoAttempts, key: &AttemptKey) -> Attempt {
    records.attempt(key).await.unwrap().expect("it is there")
}

/// A new attempt, brought into a state.
async fn in_state(records: &DynamoAttempts, state: AttemptState, key: &str) -> Attempt {
    let new = NewAttempt { waiting: false, ..new_attempt(key) };
    let key = &new.key;
    assert_eq!(records.reserve(&new).await.unwrap(), Reserved::New);
    match state {
        AttemptState::Reserved => {}
        AttemptState::Dialing => records.dialing(key, at(1)).await.unwrap(),
        AttemptState::Dialed => drop(records.dialed(key, "c-1", at(1), at(900)).await.unwrap()),
        AttemptState::NotPlaced => drop(records.not_placed(key, &refusal()).await.unwrap()),
        AttemptState::Ended => {
            records.dialed(key, "c-1", at(1), at(900)).await.unwrap();
            records.ended(key, &busy(), at(2)).await.unwrap();
        }
    }
    let attempt = read(records, key).await;
    assert_eq!(attempt.state, state);
    attempt
}

#[tokio::test]
async fn every_transition_is_conditional_on_the_state_before_it() {
    on_each(async |tables| {
        let records = DynamoAttempts::new(tables.calls.clone());
        for (place, state) in AttemptState::ALL.into_iter().enumerate() {
            for (attempt, one) in Move::ALL.into_iter().enumerate() {
                let before = in_state(&records, state, &format!("k{place}#{attempt}")).await;
                let after = one.make(&records, &before.key).await;
                let Some(to) = one.from(state) else {
                    assert_eq!(after, before, "{one:?} of an attempt that is {state:?}");
                    continue;
                };
                assert_eq!(after.state, to, "{one:?} of an attempt that is {state:?}");
                assert_eq!(after.waiting, one == Move::Waiting);
                let contact =
                    (one == Move::Dialed).then_some("c-9").or(before.contact_id.as_deref());
                assert_eq!(after.contact_id.as_deref(), contact);
                let due_at = match one {
                    Move::NotPlaced => None,
                    Move::Dialed => Some(at(950)),
                    Move::Waiting | Move::Dialing | Move::Ended => Some(at(900)),
                };
                assert_eq!(after.due_at, due_at, "{one:?}");
                assert_eq!(after.refusal, (one == Move::NotPlaced).then(refusal));
                assert_eq!(after.outcome.is_some(), one == Move::Ended);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn nothing_changes_an_attempt_that_is_not_there() {
    on_each(async |tables| {
        let records = DynamoAttempts::new(tables.calls);
        let none: AttemptKey = "none#1".parse().unwrap();
        assert!(records.renew_token(&none, &token("T"), at(0)).await.is_err());
        assert!(records.waiting(&none).await.is_err());
        assert!(records.dialing(&none, at(0)).await.is_err());
        assert!(records.dialed(&none, "c-1", at(0), at(0)).await.is_err());
        assert!(records.not_placed(&none, &refusal()).await.is_err());
        assert!(records.ended(&none, &busy(), at(0)).await.is_err());
        assert!(records.settled(&none, &token("T")).await.is_err());
        assert!(records.held(&none, &token("T"), at(0)).await.is_err());
        assert!(records.postpone(&none, at(0)).await.is_err());
        assert_eq!(records.attempt(&none).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_is_reserved_once_and_read_as_it_was_written() {
    on_each(async |tables| {
        let records = DynamoAttempts::new(tables.calls.clone());
        let new = new_attempt("3f0c#1");
        assert_eq!(records.reserve(&new).await.unwrap(), Reserved::New);
        let other = NewAttempt { task_token: token("T2"), due_at: at(5), ..new_attempt("3f0c#1") };
        let Reserved::Existing(known) = records.reserve(&other).await.unwrap() else {
            panic!("it was reserved before")
        };
        let expected = Attempt {
            key: new.key.clone(),
            state: AttemptState::Reserved,
            lead_id: new.lead_id.clone(),
            scenario: new.scenario.clone(),
            task_token: new.task_token.clone(),
            phone_hash: new.phone_hash.clone(),
            waiting: true,
            reserved_at: new.reserved_at,
            contact_id: None,
            outcome: None,
            refusal: None,
            due_at: Some(new.due_at),
        };
        assert_eq!(*known, expected);
        let count = async |index, field, value| {
            tables.dynamodb.count_in(tables.calls.name(), index, field, value).await
        };
        assert_eq!(count(LEAD_INDEX, "leadId", "00Q1").await, 1);
        assert_eq!(count(PHONE_INDEX, "phoneHash", "aa").await, 1);
        assert_eq!(tables.of_call("3f0c", "ATTEMPT#1", "expiresAt").await, expiry(0));

        // DynamoDB may delete late: what has expired is not there for us.
        records.dialed(&new.key, "c-1", at(1), at(900)).await.unwrap();
        tables.clock.set(24 * 3600 - 1);
        assert_eq!(read(&records, &new.key).await.state, AttemptState::Dialed);
        tables.clock.set(24 * 3600);
        assert_eq!(records.attempt(&new.key).await.unwrap(), None);
        assert_eq!(records.reserve(&new).await.unwrap(), Reserved::New);
        assert_eq!(read(&records, &new.key).await, expected);
        assert_eq!(tables.of_call("3f0c", "ATTEMPT#1", "expiresAt").await, expiry(24 * 3600));
    })
    .await;
}

#[tokio::test]
async fn of_many_who_reserve_or_end_at_once_one_does() {
    on_each(async |tables| {
        if !tables.dynamodb.serializes {
            return;
        }
        let records = DynamoAttempts::new(tables.calls);
        let mut reserving = JoinSet::new();
        for _ in 0..10 {
            let records = records.clone();
            reserving.spawn(async move { records.reserve(&new_attempt("3f0c#1")).await.unwrap() });
        }
        let reserved = reserving.join_all().await;
        assert_eq!(reserved.iter().filter(|one| **one == Reserved::New).count(), 1);

        let key = new_attempt("3f0c#1").key;
        records.dialed(&key, "c-1", at(1), at(900)).await.unwrap();
        let mut ending = JoinSet::new();
        for number in 0..10 {
            let (records, key) = (records.clone(), key.clone());
            let outcome = unknown_outcome(Some("c-1"), &format!("test {number}"));
            ending
                .spawn(async move { records.ended(&key, &outcome, at(2)).await.unwrap().outcome });
        }
        let outcomes = ending.join_all().await;
        assert!(outcomes[0].is_some());
        assert!(outcomes.iter().all(|one| *one == outcomes[0]), "the first outcome stays");
    })
    .await;
}

#[tokio::test]
async fn only_the_token_that_came_last_settles_or_holds_an_attempt() {
    on_each(async |tables| {
        let records = DynamoAttempts::new(tables.calls.clone());
        let ended = in_state(&records, AttemptState::Ended, "3f0c#1").await;
        let key = &ended.key;
        let renewed = records.renew_token(key, &token("T2"), at(1000)).await.unwrap();
        let expected = Attempt { task_token: token("T2"), due_at: Some(at(1000)), ..ended.clone() };
        assert_eq!((&renewed, read(&records, key).await), (&expected, expected.clone()));
        assert!(!records.settled(key, &token("T1")).await.unwrap());
        assert!(!records.held(key, &token("T1"), at(4)).await.unwrap());
        assert_eq!(read(&records, key).await, expected);
        assert!(records.settled(key, &token("T2")).await.unwrap());
        assert_eq!(read(&records, key).await, Attempt { due_at: None, ..expected });
        // A redrive opens it again, and nobody has answered that token.
        let again = records.renew_token(key, &token("T3"), at(2000)).await.unwrap();
        assert_eq!(again.due_at, Some(at(2000)));
        assert_eq!(records.overdue(at(2000), 10).await.unwrap(), std::slice::from_ref(key));

        let dialing = in_state(&records, AttemptState::Dialing, "3f0c#2").await;
        assert!(records.held(&dialing.key, &token("T1"), at(6)).await.unwrap());
        assert_eq!(read(&records, &dialing.key).await, Attempt { due_at: None, ..dialing });
        let held_at = tables.of_call("3f0c", "ATTEMPT#2", "heldAt").await.unwrap();
        assert_eq!(held_at.as_n().unwrap(), &at(6).as_millisecond().to_string());
    })
    .await;
}

#[tokio::test]
async fn the_overdue_are_found_oldest_first_until_their_token_is_answered() {
    on_each(async |tables| {
        let records = DynamoAttempts::new(tables.calls.clone());
        for (key, second) in [("a#1", 1000), ("b#1", 99), ("c#2", 500), ("d#1", 2000)] {
            let due_at = at(second);
            records.reserve(&NewAttempt { due_at, ..new_attempt(key) }).await.unwrap();
        }
        let check = async |second: i64, at_most: u32, expected: &[&str]| {
            let found = records.overdue(at(second), at_most).await.unwrap();
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "at {second}, at most {at_most}");
        };
        check(98, 10, &[]).await;
        check(99, 10, &["b#1"]).await;
        check(1000, 10, &["b#1", "c#2", "a#1"]).await;
        check(1000, 2, &["b#1", "c#2"]).await;

        let key = |text: &str| -> AttemptKey { text.parse().unwrap() };
        records.postpone(&key("b#1"), at(5000)).await.unwrap();
        assert!(records.settled(&key("c#2"), &token("T1")).await.unwrap());
        check(2000, 10, &["a#1", "d#1"]).await;
        // What has left the index is not put back.
        records.postpone(&key("c#2"), at(1)).await.unwrap();
        assert_eq!(read(&records, &key("c#2")).await.due_at, None);
        records.not_placed(&key("a#1"), &refusal()).await.unwrap();
        assert!(records.held(&key("d#1"), &token("T1"), at(6)).await.unwrap());
        check(9000, 10, &["b#1"]).await;
        let open = tables.dynamodb.count_in(tables.calls.name(), "by-due", "open", "OPEN").await;
        assert_eq!(open, 1);
    })
    .await;
}
