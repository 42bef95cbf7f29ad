//! The API held to what AWS was recorded to answer, through the real endpoint.
//!
//! Each case has an account of its own on one server.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use atlas_engine::{Place, Time};
use atlas_server::{App, AppOptions};

use crate::{
    client::{Client, served_app},
    gaps::{KNOWN_GAPS, gap_of},
    recorded_lambdas::{RecordedLambdas, account_of},
    replay::{compare, needs_real_time, replay},
};

/// Cases that are replayed at the same time.
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_equal_those_recorded_from_aws() {
    let cases = Arc::new(beside::cases());
    let server = async |time| {
        let runner = Arc::new(RecordedLambdas::new(&cases));
        let app = App::new(AppOptions { runner, time, ..AppOptions::default() });
        (served_app(app.clone()).await, app)
    };
    let (skipping, real) = (server(Time::SkippingWaits).await, server(Time::Real).await);
    let free = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut running = Vec::new();
    for index in 0..cases.len() {
        let (cases, free) = (Arc::clone(&cases), Arc::clone(&free));
        let (address, app) = if needs_real_time(&cases[index]) { &real } else { &skipping };
        let place = Place { account: account_of(index).into(), ..Place::default() };
        let (address, account) = (*address, app.account(&place));
        running.push(tokio::spawn(async move {
            let case = &cases[index];
            let _permit = free.acquire().await.unwrap();
            let mut client = Client::connect(address, &account_of(index)).await;
            let answers = replay(case, &mut client, account.engine()).await;
            compare(case, &answers)
        }));
    }
    let mut table: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut fell_back, mut open_gaps) = (String::new(), BTreeSet::new());
    for (case, outcome) in cases.iter().zip(running) {
        let outcome = outcome.await.unwrap();
        let row = table.entry(&case.area).or_default();
        row.1 += 1;
        match (outcome, gap_of(&case.area, &case.id)) {
            (Ok(()), _) => row.0 += 1,
            (Err(_), Some(gap)) => {
                open_gaps.insert(gap);
            }
            (Err(why), None) => {
                let _ = writeln!(fell_back, "{} {}\n    {why}", case.area, case.id);
            }
        }
    }
    for (area, (passed, run)) in &table {
        println!("{passed:4} of {run:4} {area}");
    }
    let (passed, run) = table.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    println!("{passed:4} of {run:4} in all");
    assert!(fell_back.is_empty(), "differ from AWS and are no known gap:\n{fell_back}");
    if !cases.is_empty() {
        for (gap, (area, id, _)) in KNOWN_GAPS.iter().enumerate() {
            assert!(
                open_gaps.contains(&gap),
                "`{area} {id}` is no gap any more: take it off the list"
            );
        }
    }
}
