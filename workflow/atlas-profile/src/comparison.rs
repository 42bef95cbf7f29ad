//! Two reports, before and after a change.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    findings::Kind,
    place::Place,
    report::Report,
    statistics::{Summary, median},
};

/// Before and after. All times are milliseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// The report of the runs before.
    pub before: Report,
    /// The report of the runs after.
    pub after: Report,
    /// From the start to the goal.
    pub to_goal: Change,
    /// Without waiting for somebody outside.
    pub work: Change,
    /// Whether runs differ by more than they differ among themselves.
    pub is_significant: bool,
    /// Each operation.
    pub services: Vec<Change>,
    /// Each function's handler.
    pub functions: Vec<Change>,
    /// Each state.
    pub states: Vec<Change>,
    /// Findings that are there no more.
    pub solved: Vec<(Kind, Place)>,
    /// Findings that were not there before.
    pub new: Vec<(Kind, Place)>,
}

/// One thing before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What.
    pub what: String,
    /// Before; `None` where it was not there.
    pub before: Option<Summary>,
    /// After; `None` where it is there no more.
    pub after: Option<Summary>,
}

impl Change {
    /// How much longer its mean is; zero where it was not on both sides.
    pub fn difference_ms(&self) -> f64 {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => after.mean - before.mean,
            _ => 0.0,
        }
    }

    /// The same as a share of what it was.
    pub fn share(&self) -> f64 {
        match &self.before {
            Some(before) if before.mean > 0.0 => self.difference_ms() / before.mean,
            _ => 0.0,
        }
    }
}

/// Holds a report of runs after a change against one of before.
pub fn compare(before: &Report, after: &Report) -> Comparison {
    let findings = |report: &Report| -> Vec<(Kind, Place)> {
        report.findings.iter().map(|it| (it.kind, it.place.clone())).collect()
    };
    let (were, are) = (findings(before), findings(after));
    let services = |report: &Report| {
        let named = |it: &crate::ServiceRow| (format!("{}:{}", it.service, it.operation), it.took);
        report.services.iter().map(named).collect()
    };
    let functions = |report: &Report| {
        report.functions.iter().map(|it| (it.function.clone(), it.handler)).collect()
    };
    let states =
        |report: &Report| report.states.iter().map(|it| (it.place.words(), it.took)).collect();
    Comparison {
        to_goal: whole("to the goal", before.to_goal, after.to_goal),
        work: whole("without waiting outside", before.work, after.work),
        is_significant: differs(&before.work_times, &after.work_times),
        services: changes(services(before), services(after)),
        functions: changes(functions(before), functions(after)),
        states: changes(states(before), states(after)),
        solved: were.iter().filter(|it| !are.contains(it)).cloned().collect(),
        new: are.iter().filter(|it| !were.contains(it)).cloned().collect(),
        before: before.clone(),
        after: after.clone(),
    }
}

fn whole(what: &str, before: Summary, after: Summary) -> Change {
    Change { what: what.to_owned(), before: Some(before), after: Some(after) }
}

fn changes(before: BTreeMap<String, Summary>, mut after: BTreeMap<String, Summary>) -> Vec<Change> {
    let mut all: Vec<Change> = before
        .into_iter()
        .map(|(what, was)| Change { after: after.remove(&what), before: Some(was), what })
        .collect();
    all.extend(after.into_iter().map(|(what, is)| Change { what, before: None, after: Some(is) }));
    all.sort_by(|one, other| other.difference_ms().abs().total_cmp(&one.difference_ms().abs()));
    all
}

/// Whether the medians of two sets differ by more than twice what is normal within them: their median
/// distances from the median, which a few slow runs do not move.
fn differs(before: &[f64], after: &[f64]) -> bool {
    let spread = |times: &[f64], middle: f64| {
        median(times.iter().map(|time| (time - middle).abs())).unwrap_or_default()
    };
    match (median(before.iter().copied()), median(after.iter().copied())) {
        (Some(was), Some(is)) => {
            (was - is).abs() > 2.0 * spread(before, was).max(spread(after, is)).max(0.5)
        }
        _ => false,
    }
}
