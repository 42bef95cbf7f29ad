//! New execution environments: what their init phase adds to runs.

use std::collections::BTreeMap;

use super::{
    Certainty, Evidence, Finding, Kind,
    evidence::{durations, runs_of, words},
};
use crate::{
    place::Place,
    schedule::{ItemId, SeenInvocation},
    statistics::count,
};

/// How many invocations there were, and the cold ones with their runs.
type Seen<'a> = (usize, Vec<(usize, &'a SeenInvocation)>);

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let mut functions: BTreeMap<Place, Seen<'_>> = BTreeMap::new();
    for (run, schedule) in evidence.schedules.iter().enumerate() {
        for seen in &schedule.invocations {
            let entry = functions.entry(seen.place.of_function()).or_default();
            entry.0 += 1;
            if seen.invocation.is_cold() {
                entry.1.push((run, seen));
            }
        }
    }
    for (place, (of, cold)) in functions {
        let phases = cold.iter().flat_map(|(run, it)| it.init.iter().map(move |id| (*run, *id)));
        let none = |(run, id): (usize, ItemId)| (run, id, 0.0);
        let Some(gain) = evidence.worthwhile(&durations(phases.map(none))) else { continue };
        let total: f64 = cold.iter().map(|(_, it)| it.invocation.init_ms()).sum();
        found.push(Finding {
            kind: Kind::ColdStart,
            place,
            certainty: Certainty::Proven,
            runs: runs_of(cold.iter().map(|(run, _)| *run)),
            count: cold.len(),
            mean_ms: evidence.per_run(total),
            cause: format!(
                "{} of {of} invocations began in a new environment, whose init phase took {}",
                cold.len(),
                words(total / count(cold.len()))
            ),
            remedy: "make the init phase shorter, or keep environments: provisioned concurrency"
                .to_owned(),
            gain: Some(gain),
        });
    }
}
