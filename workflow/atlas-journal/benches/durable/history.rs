//! Reading a history that is not in memory, by its length.

use std::time::Instant;

use atlas_asl::{model::ExecutionType, parse};
use atlas_core::Payload;
use atlas_engine::{Engine, EngineOptions, Limits, Place, StartRequest, Time, journal::Journals};
use atlas_journal::Store;
use serde_json::json;

use crate::empty_folder;

pub(crate) fn measure() {
    println!("{:<22} {:>10} {:>14} {:>12}", "history", "events", "first page", "per event");
    for turns in [250, 2_500, 8_300] {
        let folder = empty_folder("history");
        let store = Store::open(&folder).expect("the folder is free");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime of one thread needs nothing that could be missing");
        let (events, elapsed) = runtime.block_on(read(&store, turns));
        println!(
            "{:<22} {events:>10} {:>11.2} ms {:>9.0} ns",
            "read from the disk",
            elapsed.as_secs_f64() * 1e3,
            elapsed.as_nanos() as f64 / events as f64
        );
    }
}

async fn read(store: &Store, turns: usize) -> (usize, std::time::Duration) {
    // Every task that waits and answers is a fact of its own.
    let definition = json!({"StartAt": "Turn", "States": {
        "Turn": {"Type": "Wait", "Seconds": 0, "Next": "Again"},
        "Again": {"Type": "Pass", "Parameters": {"left.$": "States.MathAdd($.left, -1)"}, "Next": "More"},
        "More": {"Type": "Choice", "Default": "Done", "Choices": [
            {"Variable": "$.left", "NumericGreaterThan": 0, "Next": "Turn"}]},
        "Done": {"Type": "Succeed"}}});
    let limits = Limits { idle: 0, ..Limits::default() };
    let journal = store.of(&Place::default());
    let engine = Engine::new(EngineOptions { journal, limits, ..EngineOptions::default() });
    let parsed = parse::parse(&definition.to_string());
    let machine = parsed.machine.expect("the definition is right");
    engine
        .create_state_machine("Loop", ExecutionType::Standard, &machine)
        .expect("the machine is right");
    let started = engine
        .start(StartRequest {
            state_machine: "Loop".to_owned(),
            name: Some("loop".to_owned()),
            input: Payload::from(json!({"left": turns / 2})),
            case: None,
            time: Time::SkippingWaits,
        })
        .expect("the machine can be started");
    let outcome = engine.wait(&started.execution_arn).await.expect("the disk works");
    assert_eq!(outcome.status(), "SUCCEEDED", "{outcome:?}");
    while !engine.executions().is_empty() {
        tokio::task::yield_now().await;
    }
    let begin = Instant::now();
    let mut all = 0;
    let page = engine.history_part(&started.execution_arn, |events| {
        all = events.len();
        &events[..events.len().min(100)]
    });
    page.expect("the execution is kept");
    (all, begin.elapsed())
}
