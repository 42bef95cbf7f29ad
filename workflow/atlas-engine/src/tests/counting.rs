//! How many executions there are: as many as a listing of all of them tells, whatever has happened.

use atlas_asl::model::ExecutionType;
use atlas_core::{Failure, Payload};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use serde_json::json;

use super::{Echo, create, create_as, only, options, request};
use crate::{
    DuplicateExpress, Engine, EngineOptions, StartRequest, Time,
    archive::{Counts, Listing, Of, Status, Summary},
};

/// Every execution, a few at a time.
pub(super) fn all(engine: &Engine) -> Vec<Summary> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let listing = Listing { after, most_seen: 7, ..Listing::of(Of::Place, 5) };
        let listed = engine.list(&listing).unwrap();
        all.extend(listed.executions);
        after = listed.next;
        if after.is_none() {
            return all;
        }
    }
}

/// Holds the counts to what is listed.
fn check(engine: &Engine, what: &str) -> Counts {
    let counts = engine.counts().unwrap();
    let mut listed = Counts::default();
    for summary in all(engine) {
        let machine = listed.machines.entry(summary.identity.state_machine_arn.clone());
        machine.or_default().add(summary.stage.status, 1);
    }
    let mut told = counts.clone();
    told.machines.retain(|_, counts| counts.sum() > 0);
    assert_eq!(told, listed, "{what}");
    counts
}

#[tokio::test(start_paused = true)]
async fn the_counts_are_those_of_a_listing_after_anything() {
    for seed in 0..8 {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let duplicate_express = Some(DuplicateExpress { one_in: 2.try_into().unwrap(), seed });
        let engine = Engine::new(EngineOptions {
            runner: std::sync::Arc::new(Echo),
            duplicate_express,
            ..options()
        });
        let ask = only(json!({"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
            "Parameters": {"Token.$": "$$.Task.Token"}}));
        create(&engine, "Asks", &ask);
        create(&engine, "Fails", &only(json!({"Type": "Fail", "Error": "No"})));
        let wait = only(json!({"Type": "Wait", "Seconds": 60, "End": true}));
        create_as(&engine, "Express", ExecutionType::Express, &wait);
        let map = json!({"Type": "Map", "Label": "L", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}});
        create(&engine, "Maps", &only(map));
        for number in 0..120 {
            let known = all(&engine);
            let chosen = known.get(random.next_u32() as usize % known.len().max(1));
            let arn = chosen.map(|chosen| chosen.identity.execution_arn.clone());
            let what = random.next_u32() % 8;
            match (what, arn) {
                (0..=3, _) | (_, None) => {
                    let machine = ["Asks", "Fails", "Express", "Maps"][what as usize % 4];
                    let input = Payload::parse("[1, 2]").unwrap();
                    let name = Some(format!("e{number}"));
                    let time = Time::Real;
                    engine.start(StartRequest { name, input, time, ..request(machine) }).unwrap();
                }
                (4, Some(arn)) => drop(engine.stop(&arn, None, None)),
                // What ended well, or goes on, is not redriven.
                (5, Some(arn)) => drop(engine.redrive(&arn, None)),
                (6, Some(arn)) => engine.forget(&arn).unwrap(),
                (_, Some(arn)) => {
                    if let Some(event) = engine.open_tasks(&arn).unwrap().first() {
                        let failed = Failure { error: Some("No".to_owned()), cause: None };
                        let result = if number % 2 == 0 { Ok("1") } else { Err(failed) };
                        engine.end_task(&arn, event.event.unwrap(), result).unwrap();
                    }
                }
            }
            if number % 10 == 0 {
                tokio::time::advance(std::time::Duration::from_secs(20)).await;
            }
            tokio::task::yield_now().await;
            check(&engine, &format!("seed {seed}, step {number}: {what}"));
        }
        let total = check(&engine, "at the end").total();
        let seen = Status::ALL.into_iter().filter(|status| total.of(*status) > 0).count();
        assert!(seen >= 4, "seed {seed} shows little: {total:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn children_of_map_runs_are_counted_with_no_machine() {
    let engine = Engine::new(options());
    let map = json!({"Type": "Map", "Label": "L", "End": true, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}});
    create(&engine, "Maps", &only(map));
    let input = Payload::parse("[1, 2, 3]").unwrap();
    let arn = engine.start(StartRequest { input, ..request("Maps") }).unwrap().execution_arn;
    engine.wait(&arn).await.unwrap();
    assert_eq!(check(&engine, "a map run").total().of(Status::Succeeded), 1);
}
