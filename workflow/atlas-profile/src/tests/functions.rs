//! What functions do: calls again and again, new connections, cold starts.

use super::{
    assert_near, only, proven,
    script::{Called, Invoked, invoke, run, trace},
};
use crate::{Certainty, Kind, Report, Run, Trace, report};

/// Twenty runs, a second each after the other, of one function that makes these calls; each fourth run is in an
/// environment of its own, and cold where that is new.
fn profiled(
    took: i64,
    init: Option<i64>,
    is_always_cold: bool,
    calls: impl Fn(i64) -> Vec<Called>,
) -> Report {
    let mut runs: Vec<Run> = Vec::new();
    let mut traces: Vec<Trace> = Vec::new();
    for number in 0..20 {
        let environment =
            if is_always_cold { format!("e{number}") } else { format!("e{}", number % 4) };
        let init = init.filter(|_| is_always_cold || number < 4);
        let before = init.unwrap_or(0);
        runs.push(run(number, number * 1000, None, &[invoke("Price", before + took)]));
        traces.push(trace(&Invoked {
            function: "Price",
            run: number,
            environment: &environment,
            at: number * 1000 + before,
            took,
            init,
            calls: &calls(number),
        }));
    }
    report(&runs, &traces)
}

#[test]
fn a_secret_that_is_read_each_time_is_told_with_what_it_costs() {
    let report = profiled(200, None, false, |number| {
        vec![
            ("SecretsManager", "GetSecretValue", 0.0, 60.0, "s", "v", number < 4),
            ("DynamoDB", "PutItem", 100.0, 80.0, unlike(number), "ok", number < 4),
        ]
    });
    let finding = only(&report, Kind::RepeatedCall);
    assert_eq!(finding.place.words(), "Orders / Price / Price / secretsmanager:GetSecretValue");
    assert_eq!((finding.count, finding.certainty), (16, Certainty::Proven));
    assert_near(finding.gain.unwrap().mean_ms, 60.0 * 16.0 / 20.0);
    assert_eq!(proven(&report).len(), 1, "{:#?}", report.findings);
}

#[test]
fn a_secret_that_was_rotated_and_an_item_that_changed_are_read_again_for_a_reason() {
    let report = profiled(200, None, false, |number| {
        vec![
            ("DynamoDB", "GetItem", 0.0, 50.0, "k", unlike(number * 2), false),
            ("DynamoDB", "GetItem", 60.0, 50.0, "k", unlike(number * 2 + 1), false),
        ]
    });
    assert_eq!(proven(&report), [], "{:#?}", report.findings);
}

#[test]
fn connections_that_are_opened_where_one_was_free_cost_what_they_take_longer() {
    let report = profiled(300, None, false, |number| {
        // One in five keeps its connection, so that the difference is known.
        let is_new = number < 4 || number % 5 != 0;
        let took = if is_new { 160.0 } else { 40.0 };
        vec![("crm", "Update", 20.0, took, unlike(number), "ok", is_new)]
    });
    let finding = only(&report, Kind::ColdConnection);
    assert_eq!(finding.place.words(), "Price / crm:Update");
    assert_eq!(finding.count, 13);
    assert_near(finding.gain.unwrap().mean_ms, 120.0 * 13.0 / 20.0);
}

#[test]
fn the_first_connection_of_each_environment_and_of_each_call_side_by_side_is_needed() {
    let report = profiled(300, None, true, |number| {
        vec![
            ("crm", "Update", 0.0, 100.0, unlike(number), "ok", true),
            ("crm", "Note", 10.0, 100.0, unlike(number), "ok", true),
        ]
    });
    assert!(!report.findings.iter().any(|it| it.kind == Kind::ColdConnection), "{report:#?}");
}

#[test]
fn a_cold_start_in_each_run_is_told_and_a_few_are_not() {
    let quiet = |number| vec![("DynamoDB", "PutItem", 0.0, 80.0, unlike(number), "ok", false)];
    let report = profiled(100, Some(250), true, quiet);
    let finding = only(&report, Kind::ColdStart);
    assert_eq!(finding.count, 20);
    assert_near(finding.gain.unwrap().mean_ms, 250.0);
    assert_eq!(report.functions[0].phases[0].name, "Initialization");
    let report = profiled(1000, Some(30), false, quiet);
    assert_eq!((proven(&report), report.functions[0].cold), (vec![], 4));
}

#[test]
fn calls_in_sequence_are_possible_and_never_proven() {
    let report = profiled(200, None, false, |number| {
        vec![
            ("DynamoDB", "GetItem", 0.0, 90.0, unlike(number), "a", false),
            ("Bedrock", "Converse", 95.0, 100.0, unlike(number + 50), "b", false),
        ]
    });
    let finding = only(&report, Kind::SequentialCalls);
    assert_eq!(finding.certainty, Certainty::Possible);
    assert!(finding.remedy.contains("not proven"), "{}", finding.remedy);
    assert!(finding.cause.contains("dynamodb:GetItem then bedrock:Converse"), "{}", finding.cause);
    assert_near(finding.gain.unwrap().mean_ms, 95.0);
    assert_eq!(proven(&report), []);
}

#[test]
fn side_by_side_calls_are_no_sequence_and_only_the_longer_is_a_bottleneck() {
    let report = profiled(200, None, false, |number| {
        vec![
            ("DynamoDB", "PutItem", 0.0, 100.0, unlike(number), "a", false),
            ("Bedrock", "Converse", 1.0, 180.0, unlike(number), "b", false),
        ]
    });
    assert_eq!(report.findings, []);
    let places: Vec<String> = report.bottlenecks.iter().map(|it| it.place.words()).collect();
    assert!(places[0].ends_with("bedrock:Converse"), "{places:?}");
    assert!(!places.iter().any(|place| place.ends_with("dynamodb:PutItem")), "{places:?}");
    // If it took no time, the other would still take its own.
    assert_near(report.bottlenecks[0].gain.unwrap().mean_ms, 81.0);
}

/// Another text for each number.
fn unlike(number: i64) -> &'static str {
    Box::leak(format!("q{number}").into_boxed_str())
}
