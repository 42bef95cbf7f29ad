//! Executions are found by phone number, time and name, under whichever key and in whichever order.

use atlas_core::Timestamp;
use atlas_engine::{
    PhoneHashKey,
    archive::{Listing, NamePart, Of, Order, Status},
};
use atlas_journal::{DataFolder, Filter};
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};
use serde_json::json;

use crate::harness::{Process, folder};

const NUMBER: &str = "+14155550123";

fn passes() -> serde_json::Value {
    json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}})
}

fn found(process: &Process, key: &str) -> Vec<String> {
    process.names(Listing::of(Of::Key(key), 0))
}

#[tokio::test]
async fn a_phone_number_is_found_under_any_key_and_is_in_no_index() {
    let folder = folder("finding-phones");
    let input = json!({"lead": {"phone": NUMBER, "leadId": "00Q"}}).to_string();
    let keys = [Some("a key of sixteen"), Some("a key of another"), None, None, Some("a third")];
    for (at, key) in (0..).zip(keys) {
        let process = Process::with_key(&folder, key);
        process.create("M", &passes());
        process.start_with_input("M", &format!("e{at}"), &input);
        process.start_with_input("M", &format!("other{at}"), "{}");
        process.engine.settled().await.unwrap();
        let expected: Vec<_> = (0..=at).rev().map(|at| format!("e{at}")).collect();
        assert_eq!(found(&process, NUMBER), expected, "{key:?}");
        assert_eq!(found(&process, "00Q"), expected, "{key:?}");
        assert_eq!(found(&process, "+14155550124"), [""; 0]);
        if let Some(key) = key {
            let hash = PhoneHashKey::new(key.as_bytes()).hash(NUMBER);
            assert_eq!(found(&process, &hash), expected);
        }
        let under_another = PhoneHashKey::new(*b"a key of nobody").hash(NUMBER);
        assert_eq!(found(&process, &under_another), [""; 0]);
    }
    let database = Database::open(folder.join("journal.redb")).unwrap();
    let index: TableDefinition<'_, (&str, u64), ()> = TableDefinition::new("index");
    let index = database.begin_read().unwrap().open_table(index).unwrap();
    let shows_it = |term: &str| term.contains(NUMBER);
    assert!(!index.iter().unwrap().any(|row| shows_it(row.unwrap().0.value().0)));
}

#[tokio::test]
async fn what_is_imported_is_found_by_its_phone_number() {
    let all = folder("finding-import");
    let input = json!({"phoneNumber": NUMBER}).to_string();
    for key in [None, Some("a key of sixteen")] {
        let at = |name: &str| all.join(format!("{name}-{}", key.is_some()));
        let first = Process::with_key(&at("data"), key);
        first.create("M", &passes());
        first.start_with_input("M", "imported", &input);
        drop(first);
        let from = DataFolder::open(&at("data")).unwrap();
        from.export(&at("files"), &Filter::default(), &mut |_, _| {}).unwrap();
        // One that has a key, and one that is new.
        drop(Process::with_key(&at("there"), key));
        for to in ["there", "new"] {
            let folder = DataFolder::open_or_make(&at(to)).unwrap();
            assert_eq!(folder.import(&at("files"), &mut |_, _| {}).unwrap().executions, 1);
            drop(folder);
            let process = Process::with_key(&at(to), key);
            assert_eq!(found(&process, NUMBER), ["imported"], "{to} {key:?}");
        }
    }
}

#[tokio::test]
async fn what_is_forgotten_is_found_by_nothing() {
    let process = Process::with_key(&folder("finding-forgotten"), None);
    process.create("M", &passes());
    let started = process.start_with_input("M", "e", &json!({"phone": NUMBER}).to_string());
    process.engine.settled().await.unwrap();
    let later = started.started_at.plus_millis(1_000);
    assert_eq!(process.store.forget_ended_before(later).await.unwrap(), 1);
    assert_eq!(found(&process, NUMBER), [""; 0]);
    assert_eq!(process.names(Listing::of(Of::Place, 0)), [""; 0]);
}

/// Executions that began at many times, more than a block of them.
async fn many(process: &Process) -> Vec<(String, Timestamp)> {
    process.create("M", &passes());
    process.create("Other", &passes());
    let mut began = Vec::new();
    tokio::time::pause();
    for number in 0..2_500 {
        let machine = if number % 3 == 0 { "Other" } else { "M" };
        let name = format!("{}-{number}", if number % 500 == 0 { "rare" } else { "e" });
        let started = process.start_with_input(machine, &name, "{}");
        began.push((name, started.started_at));
        if number % 10 == 0 {
            tokio::time::advance(std::time::Duration::from_secs(1)).await;
        }
    }
    tokio::time::resume();
    process.engine.settled().await.unwrap();
    began
}

#[tokio::test]
async fn a_span_of_time_or_a_part_of_a_name_is_listed_as_it_is() {
    let process = Process::with_key(&folder("finding-time"), None);
    let began = many(&process).await;
    let (first, last) = (began[0].1, began[began.len() - 1].1);
    let middle = began[1_100].1;
    let place = Listing::of(Of::Place, 0);
    for listing in [
        place,
        Listing { began_from: Some(middle), ..place },
        Listing { began_before: Some(middle), ..place },
        Listing { began_from: Some(middle), began_before: Some(middle.plus_millis(1)), ..place },
        Listing { began_from: Some(last.plus_millis(1)), ..place },
        Listing { began_before: Some(first), ..place },
        Listing { name: Some(NamePart::Start("rare-")), ..place },
        Listing { name: Some(NamePart::Start("e-1")), began_from: Some(middle), ..place },
        Listing { name: Some(NamePart::Anywhere("-24")), ..place },
        Listing { name: Some(NamePart::Start("nothing")), ..place },
        // Fewer than are looked at for one page, and more.
        Listing { name: Some(NamePart::Start("e-249")), ..place },
        Listing { name: Some(NamePart::Start("e-24")), ..place },
        Listing { name: Some(NamePart::Start("")), ..place },
        Listing { statuses: Status::Succeeded.into(), began_before: Some(middle), ..place },
        Listing { statuses: Status::Failed.into(), began_before: Some(middle), ..place },
    ] {
        let takes = |(name, at): &&(String, Timestamp)| {
            listing.takes_name(name)
                && listing.takes_moment(*at)
                && listing.statuses.has(Status::Succeeded)
        };
        let mut expected: Vec<_> = began.iter().filter(takes).map(|it| it.0.clone()).collect();
        let told = process.names(Listing { order: Order::OldestFirst, ..listing });
        assert_eq!(told, expected, "{listing:?}");
        expected.reverse();
        assert_eq!(process.names(listing), expected, "{listing:?}");
    }
}

#[tokio::test]
async fn one_page_looks_at_little_though_nothing_fits() {
    let process = Process::with_key(&folder("finding-bounded"), None);
    many(&process).await;
    let nothing = Listing {
        name: Some(NamePart::Anywhere("nothing")),
        most_seen: 100,
        ..Listing::of(Of::Place, 10)
    };
    let page = process.engine.list(&nothing).unwrap();
    assert!(page.executions.is_empty());
    assert!(page.next.is_some_and(|next| next >= 2_000), "{:?}", page.next);
    // A name is not looked for among all, though the execution is the oldest.
    let oldest = Listing { name: Some(NamePart::Start("rare-0")), ..nothing };
    assert_eq!(process.engine.list(&oldest).unwrap().executions.len(), 1);
    // A time at which nothing began is passed over by the block.
    let never = Listing { began_before: Some(Timestamp::from_millis(0)), name: None, ..nothing };
    let page = process.engine.list(&never).unwrap();
    assert!(page.executions.is_empty() && page.next.is_none(), "{page:?}");
}
