//! What is told of each service, function and state, whether or not anything is wrong with it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    place::Place,
    schedule::Schedule,
    statistics::{Summary, count},
    trace::{Call, Invocation},
};

/// The calls of one operation by one function, or by a state itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceRow {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// The functions and states that call it.
    pub callers: Vec<String>,
    /// How long calls took, in milliseconds.
    pub took: Summary,
    /// How many failed.
    pub errors: usize,
    /// How many opened their connection; `None` where that is not told.
    pub new_connections: Option<usize>,
}

/// One function.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionRow {
    /// Its name.
    pub function: String,
    /// How long its handler took, in milliseconds.
    pub handler: Summary,
    /// How long the handler took in environments that were there.
    pub warm: Summary,
    /// How many invocations began in a new environment.
    pub cold: usize,
    /// How long the handler took in new environments, without their init phase.
    pub first: Summary,
    /// The phases of a cold start.
    pub phases: Vec<PhaseRow>,
    /// How many invocations failed.
    pub errors: usize,
    /// What it is given, in MB.
    pub memory_mb: Option<f64>,
    /// The most that an environment used, in MB.
    pub used_mb: Option<f64>,
}

/// One phase of a function's cold starts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PhaseRow {
    /// Its name.
    pub name: String,
    /// How long it took, in milliseconds.
    pub took: Summary,
}

/// One state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateRow {
    /// Which.
    pub place: Place,
    /// How long visits took, in milliseconds.
    pub took: Summary,
    /// How many attempts failed.
    pub failed_attempts: usize,
    /// Delays before further attempts, in milliseconds of all runs.
    pub backoff_ms: f64,
}

pub(crate) fn services(schedules: &[Schedule], others: &[Invocation]) -> Vec<ServiceRow> {
    #[derive(Default)]
    struct Calls<'a> {
        callers: Vec<String>,
        calls: Vec<&'a Call>,
    }
    let mut by_operation: BTreeMap<(String, String), Calls<'_>> = BTreeMap::new();
    let seen = schedules.iter().flat_map(|schedule| &schedule.calls).map(|seen| {
        let caller = seen.place.function.as_ref().or(seen.place.state.as_ref());
        (caller.cloned().unwrap_or_default(), &seen.call)
    });
    let of_others = others
        .iter()
        .flat_map(|invocation| invocation.calls.iter().map(|it| (invocation.function.clone(), it)));
    for (caller, call) in seen.chain(of_others) {
        let key = (call.service.clone(), call.operation.clone());
        let entry = by_operation.entry(key).or_default();
        if !entry.callers.contains(&caller) {
            entry.callers.push(caller);
        }
        entry.calls.push(call);
    }
    let mut rows: Vec<ServiceRow> = by_operation
        .into_iter()
        .map(|((service, operation), Calls { mut callers, calls })| {
            callers.sort();
            let known = calls.iter().filter_map(|call| call.new_connection);
            let is_known = known.clone().next().is_some();
            ServiceRow {
                service,
                operation,
                callers,
                took: Summary::of(calls.iter().map(|call| call.took_ms())),
                errors: calls.iter().filter(|call| call.failure.is_some()).count(),
                new_connections: is_known.then(|| known.filter(|is_new| *is_new).count()),
            }
        })
        .collect();
    rows.sort_by(|one, other| total(&other.took).total_cmp(&total(&one.took)));
    rows
}

pub(crate) fn functions(schedules: &[Schedule], others: &[Invocation]) -> Vec<FunctionRow> {
    let mut by_name: BTreeMap<&str, Vec<&Invocation>> = BTreeMap::new();
    let seen = schedules.iter().flat_map(|it| &it.invocations).map(|seen| &seen.invocation);
    for invocation in seen.chain(others) {
        by_name.entry(&invocation.function).or_default().push(invocation);
    }
    let mut rows: Vec<FunctionRow> = by_name
        .into_iter()
        .map(|(name, invocations)| {
            let (cold, warm): (Vec<&Invocation>, Vec<&Invocation>) =
                invocations.iter().partition(|it| it.is_cold());
            let took = |of: &[&Invocation]| Summary::of(of.iter().map(|it| it.handler_ms()));
            let most = |of: fn(&Invocation) -> Option<f64>| {
                invocations.iter().filter_map(|it| of(it)).reduce(f64::max)
            };
            FunctionRow {
                function: name.to_owned(),
                handler: took(&invocations),
                warm: took(&warm),
                cold: cold.len(),
                first: took(&cold),
                phases: phases(&cold),
                errors: invocations.iter().filter(|it| it.is_failed).count(),
                memory_mb: most(|it| it.memory_mb),
                used_mb: most(|it| it.used_mb),
            }
        })
        .collect();
    rows.sort_by(|one, other| total(&other.handler).total_cmp(&total(&one.handler)));
    rows
}

fn phases(cold: &[&Invocation]) -> Vec<PhaseRow> {
    let mut by_name: Vec<(String, Vec<f64>)> = Vec::new();
    for phase in cold.iter().flat_map(|it| &it.init) {
        let took = phase.ended_ms - phase.started_ms;
        match by_name.iter_mut().find(|(name, _)| *name == phase.name) {
            Some((_, times)) => times.push(took),
            None => by_name.push((phase.name.clone(), vec![took])),
        }
    }
    by_name.into_iter().map(|(name, times)| PhaseRow { name, took: Summary::of(times) }).collect()
}

pub(crate) fn states(schedules: &[Schedule]) -> Vec<StateRow> {
    let mut by_place: BTreeMap<&Place, (Vec<f64>, usize, f64)> = BTreeMap::new();
    for visit in schedules.iter().flat_map(|schedule| &schedule.visits) {
        let entry = by_place.entry(&visit.place).or_default();
        entry.0.push(visit.took);
        entry.1 += visit.failed_attempts;
        entry.2 += visit.backoff_ms;
    }
    let mut rows: Vec<StateRow> = by_place
        .into_iter()
        .map(|(place, (took, failed_attempts, backoff_ms))| StateRow {
            place: place.clone(),
            took: Summary::of(took),
            failed_attempts,
            backoff_ms,
        })
        .collect();
    rows.sort_by(|one, other| total(&other.took).total_cmp(&total(&one.took)));
    rows
}

fn total(summary: &Summary) -> f64 {
    summary.mean * count(summary.count)
}
