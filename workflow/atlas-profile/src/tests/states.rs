//! What states do: in sequence, again, in vain, beside what takes longer.

use serde_json::{Value, json};

use super::{
    assert_near, only, proven,
    script::{Step, call, invoke, run},
};
use crate::{Kind, Report, Run, report};

fn profiled(definition: Option<&Value>, steps: impl Fn(i64) -> Vec<Step>) -> Report {
    let runs: Vec<Run> =
        (0..20).map(|number| run(number, number * 60_000, definition, &steps(number))).collect();
    report(&runs, &[])
}

/// A chain of functions, each of which sends these fields of its input and keeps its result apart.
fn chain(states: &[(&str, &str)]) -> Value {
    let mut all = json!({});
    for (at, (name, path)) in states.iter().enumerate() {
        all[*name] = json!({
            "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "ResultPath": format!("$.{name}"),
            "Parameters": {"FunctionName": name, "Payload.$": path},
        });
        match states.get(at + 1) {
            Some((next, _)) => all[*name]["Next"] = json!(next),
            None => all[*name]["End"] = json!(true),
        }
    }
    json!({"StartAt": states[0].0, "States": all})
}

#[test]
fn states_that_need_nothing_of_each_other_could_go_side_by_side() {
    let definition = chain(&[("Stock", "$.order"), ("Price", "$.order"), ("Ship", "$.Price")]);
    let report = profiled(Some(&definition), |_| {
        vec![invoke("Stock", 300), invoke("Price", 200), invoke("Ship", 100)]
    });
    let finding = only(&report, Kind::SequentialStates);
    assert!(finding.cause.contains("`Price` needs nothing of `Stock`"), "{}", finding.cause);
    // Shipping needs the price only, so 300 beside 200 and 100.
    assert_near(finding.gain.unwrap().mean_ms, 300.0);
    assert!(finding.remedy.contains("`Price` acts even where `Stock` fails"), "{}", finding.remedy);
}

#[test]
fn states_that_depend_on_each_other_are_left_in_sequence() {
    let definition = chain(&[("Stock", "$.order"), ("Price", "$.Stock"), ("Ship", "$.Price")]);
    let report = profiled(Some(&definition), |_| {
        vec![invoke("Stock", 300), invoke("Price", 200), invoke("Ship", 100)]
    });
    assert_eq!(proven(&report), []);
}

#[test]
fn a_slow_state_beside_a_slower_one_is_no_gain() {
    let report = profiled(None, |_| {
        vec![Step::Parallel(
            "Both",
            vec![vec![invoke("Slow", 400)], vec![invoke("Slower", 500)], vec![invoke("Quick", 5)]],
        )]
    });
    assert_eq!(report.findings, []);
    let told: Vec<(String, f64)> =
        report.bottlenecks.iter().map(|it| (it.place.words(), it.gain.unwrap().mean_ms)).collect();
    let [(place, gain)] = &told[..] else { panic!("{told:?}") };
    assert_eq!(place, "Orders / Slower / Slower");
    assert_near(*gain, 100.0);
}

#[test]
fn the_same_item_for_each_iteration_of_a_map_is_read_once_too_often() {
    let report = profiled(None, |number| {
        let read = |_| vec![call("Tariff", "dynamodb:getItem", json!("eu"), 40)];
        let own = call("Order", "dynamodb:getItem", json!(number), 30);
        vec![own, Step::Map("Lines", (0..8).map(read).collect())]
    });
    let finding = only(&report, Kind::RepeatedCall);
    assert_eq!(finding.place.words(), "Orders / Tariff / dynamodb:GetItem");
    assert_eq!(finding.count, 20 * 7);
    assert_near(finding.gain.unwrap().mean_ms, 7.0 * 40.0);
}

#[test]
fn other_items_in_each_iteration_are_no_repetition() {
    let report = profiled(None, |_| {
        let read = |line| vec![call("Tariff", "dynamodb:getItem", json!(line), 40)];
        vec![Step::Map("Lines", (0..8).map(read).collect())]
    });
    assert_eq!(proven(&report), []);
}

#[test]
fn delays_before_attempts_are_told_apart_from_what_fails() {
    let report = profiled(None, |number| {
        let failures =
            if number % 4 == 0 { vec![(20, 1000), (20, 2000), (20, 4000)] } else { vec![] };
        let (name, resource) = ("Reserve", "lambda:invoke");
        let parameters = json!({"FunctionName": name});
        vec![Step::Task(name, resource, parameters, json!({}), 50, failures), invoke("Ship", 50)]
    });
    let finding = only(&report, Kind::Retries);
    assert_eq!(finding.place.words(), "Orders / Reserve");
    assert_eq!((finding.count, finding.runs), (15, 5));
    assert!(finding.cause.contains("Busy (15 times)"), "{}", finding.cause);
    assert!(
        finding.cause.contains("60 ms of failed attempts and 7000 ms of delays"),
        "{}",
        finding.cause
    );
    assert_near(finding.gain.unwrap().mean_ms, 7060.0 / 4.0);
}

#[test]
fn a_wait_that_everything_waits_for_is_told() {
    let report = profiled(None, |_| {
        vec![invoke("Begin", 50), Step::Wait("ForPayment", 5_000), invoke("Look", 50)]
    });
    let finding = only(&report, Kind::Wait);
    assert_eq!(finding.place.words(), "Orders / ForPayment");
    assert_near(finding.gain.unwrap().mean_ms, 5_000.0);
    let report = profiled(None, |_| {
        let waiting = vec![Step::Wait("ForPayment", 400)];
        vec![Step::Parallel("Both", vec![waiting, vec![invoke("Pack", 500)]])]
    });
    assert_eq!(report.findings, []);
}
