//! Which executions a listing tells of, in which order, and how it goes on.

use atlas_core::{Payload, Timestamp};
use serde_json::json;

use super::{Echo, counting::all, create, only, options, request};
use crate::{
    Engine, EngineOptions, PhoneHashKey, StartRequest, Time,
    archive::{Listing, NamePart, Of, Order, Status, Statuses},
};

fn names(engine: &Engine, listing: &Listing<'_>) -> Vec<String> {
    let listed = engine.list(listing).unwrap().executions;
    listed.iter().map(|one| one.identity.execution_name.to_string()).collect()
}

fn engine() -> Engine {
    let phone_hash_key = Some(PhoneHashKey::new(*b"0123456789abcdef"));
    let runner = std::sync::Arc::new(Echo);
    let engine = Engine::new(EngineOptions { phone_hash_key, runner, ..options() });
    create(&engine, "Passes", &only(json!({"Type": "Pass", "End": true})));
    create(&engine, "Waits", &only(json!({"Type": "Wait", "Seconds": 3600, "End": true})));
    engine
}

fn start(engine: &Engine, machine: &str, name: &str, input: &str) -> Timestamp {
    let input = Payload::parse(input).unwrap();
    let name = Some(name.to_owned());
    engine
        .start(StartRequest { name, input, time: Time::Real, ..request(machine) })
        .unwrap()
        .started_at
}

#[tokio::test(start_paused = true)]
async fn a_listing_tells_of_what_fits_all_that_is_asked() {
    let engine = engine();
    let mut began = Vec::new();
    for (machine, name) in
        [("Passes", "call-1"), ("Waits", "call-2"), ("Passes", "lead-1"), ("Waits", "lead-2")]
    {
        began.push(start(&engine, machine, name, "{}"));
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
    }
    let waits = engine.state_machine("Waits").unwrap().arn.clone();
    let place = Listing::of(Of::Place, 10);
    let running = Statuses::from(Status::Running);
    for (listing, expected) in [
        (place, &["lead-2", "lead-1", "call-2", "call-1"][..]),
        (Listing { order: Order::OldestFirst, ..place }, &["call-1", "call-2", "lead-1", "lead-2"]),
        (Listing { statuses: running, ..place }, &["lead-2", "call-2"]),
        (Listing { statuses: Statuses::from_iter([]), ..place }, &[]),
        (Listing { name: Some(NamePart::Start("call-")), ..place }, &["call-2", "call-1"]),
        (Listing { name: Some(NamePart::Anywhere("-1")), ..place }, &["lead-1", "call-1"]),
        (Listing { name: Some(NamePart::Anywhere("none")), ..place }, &[]),
        (Listing { began_from: Some(began[1]), ..place }, &["lead-2", "lead-1", "call-2"]),
        (Listing { began_before: Some(began[1]), ..place }, &["call-1"]),
        (Listing { redriven: Some(true), ..place }, &[]),
        (Listing { of: Of::Arn(&waits), ..place }, &["lead-2", "call-2"]),
        (Listing { most: 1, statuses: running, ..place }, &["lead-2"]),
    ] {
        assert_eq!(names(&engine, &listing), expected, "{listing:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_listing_looks_at_no_more_than_it_may_and_says_where_to_go_on() {
    let engine = engine();
    for number in 0..20 {
        start(&engine, "Passes", &format!("e{number}"), "{}");
    }
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let none = Listing { statuses: Status::Failed.into(), order, ..Listing::of(Of::Place, 5) };
        let mut pages = 0;
        let mut after = None;
        loop {
            let listed = engine.list(&Listing { after, most_seen: 6, ..none }).unwrap();
            assert!(listed.executions.is_empty());
            pages += 1;
            after = listed.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(pages, 4, "{order:?}");
    }
    assert_eq!(all(&engine).len(), 20);
}

#[tokio::test(start_paused = true)]
async fn executions_in_memory_are_found_by_what_their_documents_name() {
    let engine = engine();
    start(&engine, "Waits", "first", r#"{"lead": {"leadId": "00Q", "phone": "+14155550123"}}"#);
    start(&engine, "Waits", "second", r#"{"interactionKey": "3f0c", "leadId": "00Q"}"#);
    start(&engine, "Waits", "third", "{}");
    let over = r#"{"contactId": "c-1"}"#;
    start(&engine, "Passes", "over", over);
    let hash = "0465ac94253e23a48b19570c44456c25bbd185dd1719d29118b40f89feb2085c";
    for (key, expected) in [
        ("00Q", &["second", "first"][..]),
        ("3f0c", &["second"]),
        ("c-1", &["over"]),
        ("+14155550123", &["first"]),
        (hash, &["first"]),
        ("+14155550124", &[]),
        ("no such key", &[]),
        ("", &[]),
    ] {
        assert_eq!(names(&engine, &Listing::of(Of::Key(key), 10)), expected, "{key}");
    }
    let forgotten = all(&engine).into_iter().find(|one| &*one.identity.execution_name == "over");
    engine.forget(&forgotten.unwrap().identity.execution_arn).unwrap();
    assert_eq!(names(&engine, &Listing::of(Of::Key("c-1"), 10)), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_execution_is_found_by_the_one_that_started_it() {
    let engine = engine();
    let child = engine.state_machine("Passes").unwrap().arn.clone();
    create(
        &engine,
        "Parent",
        &only(
            json!({"Type": "Task", "End": true, "Resource": "arn:aws:states:::states:startExecution",
            "Parameters": {"StateMachineArn": &*child, "Name": "child"}}),
        ),
    );
    start(&engine, "Parent", "parent", "{}");
    start(&engine, "Passes", "another", "{}");
    let parent = "arn:aws:states:us-east-1:000000000000:execution:Parent:parent";
    let listed = engine.list(&Listing::of(Of::StartedBy(parent), 10)).unwrap().executions;
    let [child] = &listed[..] else { panic!("{listed:?}") };
    assert_eq!(&*child.identity.execution_name, "child");
    assert_eq!(child.started_by.as_deref(), Some(parent));
}

#[tokio::test(start_paused = true)]
async fn those_that_wait_are_told_of_by_their_first_deadline() {
    let engine = engine();
    for (machine, seconds) in [("Late", 900), ("Soon", 30), ("Later", 2_000)] {
        let mut waits = only(json!({"Type": "Wait", "Seconds": seconds, "End": true}));
        waits["TimeoutSeconds"] = 5_000.into();
        create(&engine, machine, &waits);
        for name in ["a", "b"] {
            start(&engine, machine, name, "{}");
        }
    }
    start(&engine, "Passes", "over", "{}");
    let mut told = Vec::new();
    let mut after = None;
    loop {
        let page = engine.by_deadline(after, 4).unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.until, last.number));
        told.extend(
            page.iter()
                .map(|one| one.execution_arn.rsplit(':').take(2).collect::<Vec<_>>().join(" ")),
        );
    }
    assert_eq!(told, ["a Soon", "b Soon", "a Late", "b Late", "a Later", "b Later"]);
}
