//! Executions a second, kept and not kept, by the number of clients.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use atlas_journal::Store;

use crate::{
    calls::{Host, arn},
    empty_folder,
};

/// How long each is measured, after as long a warm-up as it takes to begin.
const SPAN: Duration = Duration::from_secs(5);

struct Measured {
    per_second: f64,
    median: Duration,
    slowest_hundredth: Duration,
    events: usize,
    commits_per_second: f64,
    events_per_commit: f64,
}

pub(crate) fn measure() {
    println!(
        "{:<9} {:>8} {:>12} {:>7} {:>10} {:>10} {:>11} {:>15}",
        "clients", "", "executions/s", "ratio", "p50", "p99", "commits/s", "events/commit"
    );
    for clients in [1, 32, 256] {
        let ephemeral = drive(clients, None);
        let folder = empty_folder("throughput");
        let store = Store::open(&folder).expect("the folder is free");
        let durable = drive(clients, Some(&store));
        drop(store);
        show(clients, "memory", &ephemeral, 1.0);
        show(clients, "durable", &durable, durable.per_second / ephemeral.per_second);
    }
}

fn show(clients: usize, kind: &str, measured: &Measured, ratio: f64) {
    let Measured { per_second, median, slowest_hundredth, .. } = measured;
    let Measured { events, commits_per_second, events_per_commit, .. } = measured;
    println!(
        "{clients:<9} {kind:>8} {per_second:>12.0} {ratio:>7.2} {:>7.2} ms {:>7.2} ms \
         {commits_per_second:>11.0} {events_per_commit:>15.1}   ({events} events each)",
        median.as_secs_f64() * 1e3,
        slowest_hundredth.as_secs_f64() * 1e3,
    );
}

fn drive(clients: usize, store: Option<&Store>) -> Measured {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("a runtime of two threads needs nothing that could be missing");
    runtime.block_on(async {
        let host = Arc::new(Host::new(store));
        host.create();
        host.call("warm".to_owned()).await;
        let events = host.engine.history(&arn("warm")).expect("it has just ended").len();
        let numbers = Arc::new(AtomicU64::new(0));
        let commits_before = store.map_or(0, Store::commits);
        let begin = Instant::now();
        let tasks: Vec<_> = (0..clients)
            .map(|_| {
                let (host, numbers) = (Arc::clone(&host), Arc::clone(&numbers));
                tokio::spawn(async move {
                    let mut latencies = Vec::new();
                    while begin.elapsed() < SPAN {
                        let number = numbers.fetch_add(1, Ordering::Relaxed);
                        let start = Instant::now();
                        host.call(format!("call-{number}")).await;
                        latencies.push(start.elapsed());
                        host.forget(&format!("call-{number}"));
                    }
                    latencies
                })
            })
            .collect();
        let mut latencies = Vec::new();
        for task in tasks {
            latencies.extend(task.await.expect("no client fails"));
        }
        let elapsed = begin.elapsed().as_secs_f64();
        let commits = (store.map_or(0, Store::commits) - commits_before) as f64;
        latencies.sort_unstable();
        let at = |percent: usize| latencies[(latencies.len() - 1) * percent / 100];
        Measured {
            per_second: latencies.len() as f64 / elapsed,
            median: at(50),
            slowest_hundredth: at(99),
            events,
            commits_per_second: commits / elapsed,
            events_per_commit: if commits > 0.0 {
                (latencies.len() * events) as f64 / commits
            } else {
                0.0
            },
        }
    })
}
