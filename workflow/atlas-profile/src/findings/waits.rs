//! Wait states that the goal waits for.

use std::collections::BTreeMap;

use super::{
    Certainty, Evidence, Finding, Kind,
    evidence::{durations, runs_of, words},
};
use crate::{place::Place, schedule::ItemId, statistics::count};

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let mut states: BTreeMap<Place, Vec<(usize, ItemId, f64)>> = BTreeMap::new();
    for (run, schedule) in evidence.schedules.iter().enumerate() {
        for visit in &schedule.visits {
            if let Some(timer) = visit.timer {
                let key = (*visit.place).clone();
                states.entry(key).or_default().push((run, timer, visit.took));
            }
        }
    }
    for (place, waits) in states {
        let none = waits.iter().map(|(run, timer, _)| (*run, *timer, 0.0));
        let Some(gain) = evidence.worthwhile(&durations(none)) else { continue };
        let total: f64 = waits.iter().map(|(.., took)| took).sum();
        found.push(Finding {
            kind: Kind::Wait,
            place,
            certainty: Certainty::Possible,
            runs: runs_of(waits.iter().map(|(run, ..)| *run)),
            count: waits.len(),
            mean_ms: evidence.per_run(total),
            cause: format!(
                "it waits {} each time, and nothing goes on beside it that takes as long",
                words(total / count(waits.len()))
            ),
            remedy: "wait for what happens (a callback, `.sync`) instead of for a time, or for a shorter time; at \
                     most this is gained"
                .to_owned(),
            gain: Some(gain),
        });
    }
}
