//! The API held to what AWS was recorded to answer, through the real endpoint.
//!
//! Each case has an account of its own on one server.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use atlas_engine::Time;
use atlas_server::AppOptions;
use tests::Case;

use crate::{
    client::{Client, served},
    gaps::{KNOWN_GAPS, NOT_SERVED},
    recorded_lambdas::{RecordedLambdas, account_of},
    replay::{compare, replay},
};

/// Cases that are replayed at the same time.
const AT_ONCE: usize = 16;

/// Cases that look at an execution while it waits: its time may not be skipped.
fn needs_real_time(case: &Case) -> bool {
    case.calls.iter().any(|call| call.op == "StopExecution")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_equal_those_recorded_from_aws() {
    let cases = Arc::new(tests::cases());
    let server = |time| {
        let runner = Arc::new(RecordedLambdas(Arc::clone(&cases)));
        served(AppOptions { runner, mocks: None, time })
    };
    let (skipping, real) = (server(Time::SkippingWaits).await, server(Time::Real).await);
    let free = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut running = Vec::new();
    for index in 0..cases.len() {
        let (cases, free) = (Arc::clone(&cases), Arc::clone(&free));
        running.push(tokio::spawn(async move {
            let case = &cases[index];
            let _permit = free.acquire().await.unwrap();
            let address = if needs_real_time(case) { real } else { skipping };
            let mut client = Client::connect(address, &account_of(index)).await;
            let answers = replay(case, &mut client).await;
            compare(case, &answers)
        }));
    }
    let known: BTreeMap<(&str, &str), &str> =
        KNOWN_GAPS.iter().map(|(area, id, why)| ((*area, *id), *why)).collect();
    let mut table: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let (mut fell_back, mut now_pass, mut seen) = (String::new(), String::new(), BTreeSet::new());
    for (case, outcome) in cases.iter().zip(running) {
        let outcome = outcome.await.unwrap();
        let name = (case.area.as_str(), case.id.as_str());
        seen.insert(name);
        let row = table.entry(name.0).or_default();
        row.1 += 1;
        let is_gap = known.contains_key(&name) || calls_what_is_not_served(case);
        match outcome {
            Ok(()) => {
                row.0 += 1;
                if known.contains_key(&name) {
                    let _ = writeln!(now_pass, "{} {}", name.0, name.1);
                }
            }
            Err(why) if !is_gap => {
                let _ = writeln!(fell_back, "{} {}\n    {why}", name.0, name.1);
            }
            Err(_) => {}
        }
    }
    for (area, (passed, run)) in &table {
        println!("{passed:4} of {run:4} {area}");
    }
    let (passed, run) = table.values().fold((0, 0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
    println!("{passed:4} of {run:4} in all");
    assert!(fell_back.is_empty(), "differ from AWS and are no known gap:\n{fell_back}");
    assert!(now_pass.is_empty(), "no gaps any more, take them off the list:\n{now_pass}");
    if !cases.is_empty() {
        for (area, id) in known.keys() {
            assert!(seen.contains(&(*area, *id)), "`{area} {id}` is a known gap, but no case");
        }
    }
}

fn calls_what_is_not_served(case: &Case) -> bool {
    case.calls.iter().any(|call| NOT_SERVED.contains(&call.op.as_str()))
}
