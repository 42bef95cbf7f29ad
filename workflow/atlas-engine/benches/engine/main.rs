//! How fast the engine is, and how small: `cargo bench -p atlas-engine`.
//!
//! One thread, everything in memory, full histories. Each workload is run at n and at 10 n, so that
//! what does not grow in step with its work is seen. Arguments name the workloads to run.

mod table;

mod workloads;

use std::time::{Duration, Instant};

use atlas_core::history::HistoryEvent;
use atlas_engine::{Engine, EngineOptions, StartRequest, Time, parse_input};

use table::Table;
use workloads::Workload;

/// How long a workload is measured at each size.
const SPAN: Duration = Duration::from_secs(2);

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime of one thread needs nothing that could be missing");
    let _entered = runtime.enter();
    let mut table = Table::new();
    if is_wanted("waiting") {
        // First, for memory that was let go before would be taken again and not be seen.
        table.waiting(100_000, bytes_per_waiting_execution(100_000));
    }
    for workload in workloads::all() {
        if is_wanted(workload.name) {
            table.row(&measure(&workload));
        }
    }
}

/// What came of measuring a workload.
struct Measured {
    name: &'static str,
    executions: usize,
    events: usize,
    elapsed: Duration,
    latencies: Vec<Duration>,
}

fn measure(workload: &Workload) -> Measured {
    let mocks = workload.mocks.clone();
    let engine = Engine::new(EngineOptions { mocks, ..EngineOptions::default() });
    workload.create(&engine);
    let mut measured = Measured {
        name: workload.name,
        executions: 0,
        events: 0,
        elapsed: Duration::ZERO,
        latencies: Vec::new(),
    };
    // The first ones warm caches up and say how many events there are.
    for number in 0..10 {
        run(&engine, workload, number, (workload.input)(number));
    }
    measured.events =
        engine.executions().iter().map(|one| history(&engine, one).len()).sum::<usize>() / 10;
    forget(&engine);
    let mut number = 10;
    while measured.elapsed < SPAN {
        for _ in 0..workload.batch {
            let input = (workload.input)(number);
            let begin = Instant::now();
            run(&engine, workload, number, input);
            let latency = begin.elapsed();
            measured.latencies.push(latency);
            measured.elapsed += latency;
            number += 1;
        }
        // What has ended is let go outside of the measured time, as a server's retention would.
        forget(&engine);
    }
    measured.executions = measured.latencies.len();
    measured
}

fn history(engine: &Engine, one: &atlas_engine::Description) -> Vec<HistoryEvent> {
    engine.history(&one.execution_arn).expect("the execution is known")
}

fn run(engine: &Engine, workload: &Workload, number: usize, input: String) {
    let started = engine
        .start(StartRequest {
            state_machine: workload.state_machine.to_owned(),
            name: Some(format!("bench-{number}")),
            input: parse_input(&input).expect("the input of a workload is JSON"),
            case: workload.mocks.is_some().then(|| "HappyPath".to_owned()),
            time: Time::Real,
        })
        .expect("the workload can be started");
    let outcome = engine.outcome(&started.execution_arn).expect("the execution is known");
    assert_eq!(outcome.as_ref().map(atlas_core::Outcome::status), Some("SUCCEEDED"), "{outcome:?}");
}

fn forget(engine: &Engine) {
    for one in engine.executions() {
        assert_eq!(one.status(), "SUCCEEDED", "{one:?}");
        engine.forget(&one.execution_arn).expect("the execution is known");
    }
}

/// Memory that the process gained, shared among the executions that wait.
fn bytes_per_waiting_execution(count: usize) -> usize {
    let engine = Engine::new(EngineOptions::default());
    let workload = workloads::waiting();
    workload.create(&engine);
    let before = resident_bytes();
    for number in 0..count {
        engine
            .start(StartRequest {
                state_machine: workload.state_machine.to_owned(),
                name: Some(format!("waiting-{number}")),
                input: parse_input(&(workload.input)(number))
                    .expect("the input of a workload is JSON"),
                case: None,
                time: Time::Real,
            })
            .expect("the workload can be started");
    }
    let gained = resident_bytes().saturating_sub(before);
    assert!(engine.executions().iter().all(|one| one.status() == "RUNNING"));
    gained / count
}

fn resident_bytes() -> usize {
    let statistics = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statistics.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}
