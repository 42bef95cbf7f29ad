//! How many executions there are: as many as a listing of all of them tells, whatever has happened.

use std::collections::BTreeMap;

use atlas_core::Failure;
use atlas_engine::{
    Limits, Time,
    archive::{Counts, Listing, Of, Order, Status},
};
use atlas_journal::DataFolder;
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::harness::{Process, folder};

fn asks() -> Value {
    json!({"StartAt": "Ask", "States": {"Ask": {"Type": "Task", "End": true,
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"Token.$": "$$.Task.Token"}}}})
}

fn maps() -> Value {
    json!({"StartAt": "Items", "States": {
        "Items": {"Type": "Pass", "Result": [1, 2], "Next": "Each"},
        "Each": {"Type": "Map", "Label": "Each", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}})
}

fn fails() -> Value {
    json!({"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}})
}

/// Holds the counts to what is listed, either way, and answers with them.
async fn check(process: &Process, what: &str) -> Counts {
    process.engine.settled().await.unwrap();
    let mut counts = process.engine.counts().unwrap();
    counts.machines.retain(|_, counts| counts.sum() > 0);
    for order in [Order::NewestFirst, Order::OldestFirst] {
        let mut listed = Counts::default();
        let mut after = None;
        loop {
            let page = Listing { order, after, most_seen: 11, ..Listing::of(Of::Place, 9) };
            let page = process.engine.list(&page).unwrap();
            for one in page.executions {
                let machine = one.identity.state_machine_arn.clone();
                listed.machines.entry(machine).or_default().add(one.stage.status, 1);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(counts, listed, "{what}");
    }
    counts
}

#[tokio::test]
async fn the_counts_are_those_of_a_listing_after_anything() {
    for seed in 0..3 {
        let folder = folder(&format!("counting-{seed}"));
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let start = || Process::with_limits(&folder, Limits { idle: 0, ..Limits::default() });
        let mut process = start();
        for (name, definition) in [("Asks", asks()), ("Maps", maps()), ("Fails", fails())] {
            process.create(name, &definition);
        }
        for number in 0..60 {
            let all = Listing { most_seen: usize::MAX, ..Listing::of(Of::Place, usize::MAX) };
            let known = process.engine.list(&all).unwrap().executions;
            let chosen = known.get(random.next_u32() as usize % known.len().max(1)).cloned();
            let what = random.next_u32() % 9;
            match (what, chosen) {
                (0..=2, _) | (_, None) => {
                    let machine = ["Asks", "Maps", "Fails"][what as usize % 3];
                    process.start_execution(machine, &format!("e{number}"), Time::Real);
                }
                (3, Some(chosen)) => {
                    drop(process.engine.stop(&chosen.identity.execution_arn, None, None));
                }
                // What ended well, or goes on, is not redriven.
                (4, Some(chosen)) => {
                    drop(process.engine.redrive(&chosen.identity.execution_arn, None));
                }
                (5, Some(_)) => {
                    let before = process.engine.now();
                    let _count = process.store.forget_ended_before(before).await.unwrap();
                }
                (6, Some(_)) => {
                    drop(process);
                    process = start();
                }
                (_, Some(chosen)) => {
                    let arn = &chosen.identity.execution_arn;
                    let open = process.engine.open_tasks(arn);
                    // What was forgotten just now is listed until that is on the disk.
                    if let Some(task) = open.ok().and_then(|open| open.into_iter().next()) {
                        let failure = Failure { error: Some("No".to_owned()), cause: None };
                        let result = if number % 2 == 0 { Ok("1") } else { Err(failure) };
                        process.engine.end_task(arn, task.event.unwrap(), result).unwrap();
                    }
                }
            }
            check(&process, &format!("seed {seed}, step {number}: {what}")).await;
        }
        let counts = check(&process, "at the end").await;
        drop(process);
        check_stats(&folder, &counts);
    }
}

/// What looks through the whole folder finds as many.
fn check_stats(folder: &std::path::Path, counts: &Counts) {
    let stats = DataFolder::open(folder).unwrap().stats().unwrap();
    let found = stats.machines.into_iter().filter(|(arn, _)| !arn.contains('/'));
    let counted = counts.machines.iter().map(|(arn, counts)| {
        let by_status: BTreeMap<Status, u64> =
            counts.iter().filter(|(_, count)| *count > 0).collect();
        (arn.clone(), by_status)
    });
    assert_eq!(found.collect::<BTreeMap<_, _>>(), counted.collect());
}

#[tokio::test]
async fn what_is_imported_is_counted() {
    let all = folder("counting-import");
    let first = Process::start(&all.join("data"));
    first.create("Fails", &fails());
    for name in ["a", "b", "c"] {
        first.start_execution("Fails", name, Time::Real);
    }
    let expected = check(&first, "before").await;
    drop(first);
    let from = DataFolder::open(&all.join("data")).unwrap();
    from.export(&all.join("files"), &atlas_journal::Filter::default(), &mut |_, _| {}).unwrap();
    let to = DataFolder::open_or_make(&all.join("copy")).unwrap();
    for _ in 0..2 {
        to.import(&all.join("files"), &mut |_, _| {}).unwrap();
    }
    drop(to);
    let copy = Process::start(&all.join("copy"));
    assert_eq!(check(&copy, "after").await, expected);
}
