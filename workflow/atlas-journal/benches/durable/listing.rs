//! What an operator asks for: a page of many executions on the disk, and how many there are.

use std::time::{Duration, Instant};

use atlas_core::Payload;
use atlas_engine::{
    Engine, EngineOptions, Place, StartRequest, Time,
    archive::{Listing, NamePart, Of, Order, Status},
    journal::Journals as _,
};
use atlas_journal::Store;

use crate::empty_folder;

/// So many executions are started before the disk is waited for.
const AT_ONCE: usize = 500;
/// A page of the console.
const PAGE: usize = 100;
/// Each is asked for so often; the slowest counts.
const TIMES: usize = 50;

pub(crate) fn measure(count: usize) {
    let folder = empty_folder("listing");
    let store = Store::open(&folder).expect("the folder is free");
    let runtime = tokio::runtime::Runtime::new().expect("two threads can be had");
    runtime.block_on(async {
        let engine = Engine::new(EngineOptions {
            journal: store.of(&Place::default()),
            ..EngineOptions::default()
        });
        fill(&engine, count).await;
        println!(
            "{:<44} {:>8} {:>10} {:>10}",
            format!("{count} on the disk"),
            "found",
            "p50",
            "slowest"
        );
        time("counts", || engine.counts().expect("it can be read").machines.len());
        let now = engine.now();
        let place = Listing::of(Of::Place, PAGE);
        let lately = Some(now.plus_millis(-1_000));
        let last = format!("e-{}", count - 2);
        let middle = format!("lead-{}", count / 2);
        for (what, listing) in [
            ("the newest", place),
            ("the oldest", Listing { order: Order::OldestFirst, ..place }),
            ("those that failed", Listing { statuses: Status::Failed.into(), ..place }),
            ("a page in the middle", Listing { after: Some(count as u64 / 2), ..place }),
            (
                "of the last second, failed",
                Listing { statuses: Status::Failed.into(), began_from: lately, ..place },
            ),
            (
                "of a time long ago",
                Listing { began_before: Some(now.plus_millis(-86_400_000)), ..place },
            ),
            (
                "a part of a name that nothing has",
                Listing { name: Some(NamePart::Anywhere("nothing")), ..place },
            ),
            (
                "the name of one of the last",
                Listing { name: Some(NamePart::Start(&last)), ..place },
            ),
            ("a lead in the middle", Listing { of: Of::Key(&middle), ..place }),
        ] {
            time(what, || engine.list(&listing).expect("it can be read").executions.len());
        }
    });
    drop(store);
    std::fs::remove_dir_all(&folder).expect("what a benchmark made can be removed");
}

async fn fill(engine: &Engine, count: usize) {
    for (machine, state) in
        [("Passes", r#"{"Type": "Succeed"}"#), ("Fails", r#"{"Type": "Fail", "Error": "No"}"#)]
    {
        let text = format!(r#"{{"StartAt": "S", "States": {{"S": {state}}}}}"#);
        let definition = atlas_asl::parse::parse(&text).machine.expect("it is a machine");
        engine
            .create_state_machine(machine, atlas_asl::model::ExecutionType::Standard, &definition)
            .expect("its name is free");
    }
    for number in 0..count {
        let input =
            format!(r#"{{"leadId": "lead-{number}", "phone": "+1415555{:04}"}}"#, number % 9_999);
        let request = StartRequest {
            state_machine: if number % 10 == 0 { "Fails" } else { "Passes" }.to_owned(),
            name: Some(format!("e-{number}")),
            input: Payload::parse(input).expect("it is JSON"),
            case: None,
            time: Time::Real,
        };
        engine.start(request).expect("there is room");
        if number % AT_ONCE == 0 {
            engine.settled().await.expect("the disk works");
        }
    }
    engine.settled().await.expect("the disk works");
}

fn time(what: &str, mut ask: impl FnMut() -> usize) {
    let mut found = 0;
    let mut times: Vec<Duration> = (0..TIMES)
        .map(|_| {
            let begin = Instant::now();
            found = ask();
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{what:<44} {found:>8} {:>7.2} ms {:>7.2} ms",
        millis(times[TIMES / 2]),
        millis(times[TIMES - 1])
    );
}
