//! What was taken down, as the console reads it. Durations are milliseconds.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::{
    recorder::{PipelineRecorder, SlowStep, Subject},
    series::{BUCKET_MILLIS, Series, bucket_of},
    spread::{Spread, milliseconds},
};

/// So many of the slowest steps are told.
const MOST_SLOW: usize = 20;

impl PipelineRecorder {
    /// How the pipeline did in the time before this moment.
    pub(super) fn report(&self, now: i64, window_millis: i64) -> Value {
        let first = bucket_of(now - window_millis) + 1;
        // Executions stand still while it is locked: what is told is computed from a copy.
        let (all, outcomes, slow, left_out) = {
            let recorded = self.recorded();
            let is_told = |(_, series): &(&Subject, &Series<Spread>)| !series.is_over(first);
            let all: Vec<(Subject, Series<Spread>)> = recorded
                .series
                .iter()
                .filter(is_told)
                .map(|(subject, series)| (subject.clone(), series.clone()))
                .collect();
            (all, recorded.outcomes.clone(), recorded.slow.clone(), recorded.left_out)
        };
        let (mut executions, mut states, mut services) = (Vec::new(), Vec::new(), Vec::new());
        for (subject, series) in &all {
            let mut told = times(series, first);
            let mut tell = |name: &str, value: &str| told.insert(name.to_owned(), value.into());
            match subject {
                Subject::Execution { machine } => {
                    tell("name", machine);
                    executions.push(told);
                }
                Subject::State { machine, name, state_type } => {
                    tell("machine", machine);
                    tell("name", name.as_str());
                    tell("type", state_type.as_str());
                    states.push(told);
                }
                Subject::Service { service, operation } => {
                    tell("service", service);
                    tell("operation", operation);
                    services.push(told);
                }
            }
        }
        let outcomes = outcomes.from(first).map(|(at, outcomes)| {
            json!({
                "at": at,
                "started": outcomes.started,
                "succeeded": outcomes.succeeded,
                "failed": outcomes.failed,
                "timedOut": outcomes.timed_out,
                "aborted": outcomes.aborted,
            })
        });
        let mut slow: Vec<&SlowStep> = slow.from(first).flat_map(|(_, slow)| slow).collect();
        slow.sort_by_key(|step| Reverse(step.millis));
        let slowest = slow.into_iter().take(MOST_SLOW).map(|step| {
            json!({
                "executionArn": step.execution_arn,
                "machine": step.machine,
                "state": step.state.as_str(),
                "durationMs": step.millis,
                "at": step.at,
            })
        });
        json!({
            "bucketMs": BUCKET_MILLIS,
            "from": first * BUCKET_MILLIS,
            "until": now,
            "outcomes": outcomes.collect::<Vec<_>>(),
            "executions": longest_first(executions),
            "states": longest_first(states),
            "services": longest_first(services),
            "slowest": slowest.collect::<Vec<_>>(),
            "leftOut": left_out,
        })
    }
}

fn times(series: &Series<Spread>, first: i64) -> Map<String, Value> {
    let mut all = Spread::default();
    let mut buckets = Vec::new();
    for (at, spread) in series.from(first) {
        all.merge(spread);
        let mut told = percentiles(spread);
        told.insert("at".into(), at.into());
        buckets.push(told);
    }
    let mut told = percentiles(&all);
    told.insert("failed".into(), all.failed.into());
    told.insert("max".into(), milliseconds(all.most_micros).into());
    told.insert("totalMs".into(), milliseconds(all.total_micros).into());
    told.insert("buckets".into(), json!(buckets));
    told
}

fn percentiles(spread: &Spread) -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("count".into(), spread.count.into());
    for (name, of_hundred) in [("p50", 50), ("p90", 90), ("p99", 99)] {
        told.insert(name.into(), spread.percentile(of_hundred).into());
    }
    told
}

fn longest_first(mut told: Vec<Map<String, Value>>) -> Vec<Map<String, Value>> {
    let total = |one: &Map<String, Value>| one["totalMs"].as_f64().unwrap_or_default();
    told.sort_by(|one, other| total(other).total_cmp(&total(one)));
    told
}
