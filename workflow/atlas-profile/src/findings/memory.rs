//! What functions are given in memory, against what they use.

use std::collections::BTreeMap;

use super::{Certainty, Evidence, Finding, Kind, evidence::runs_of};
use crate::place::Place;

/// A function that uses more than this of its memory may fail soon.
const TIGHT: f64 = 0.9;
/// One that uses less than this could have half of it.
const IDLE: f64 = 0.4;
/// Lambda gives no less.
const LEAST_MB: f64 = 128.0;

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let mut functions: BTreeMap<Place, (Vec<usize>, f64, f64)> = BTreeMap::new();
    for (run, schedule) in evidence.schedules.iter().enumerate() {
        for seen in &schedule.invocations {
            let it = &seen.invocation;
            let (Some(given), Some(used)) = (it.memory_mb, it.used_mb) else { continue };
            let entry = functions.entry(seen.place.of_function()).or_default();
            entry.0.push(run);
            (entry.1, entry.2) = (given, entry.2.max(used));
        }
    }
    for (place, (runs, given, used)) in functions {
        let remedy = if used > TIGHT * given {
            "give it more memory before it fails"
        } else if used < IDLE * given && given > LEAST_MB {
            "give it less memory, and measure: processor time is given with memory"
        } else {
            continue;
        };
        found.push(Finding {
            kind: Kind::Memory,
            place,
            certainty: Certainty::Proven,
            count: runs.len(),
            runs: runs_of(runs),
            mean_ms: 0.0,
            cause: format!("it used at most {used:.0} of {given:.0} MB"),
            remedy: remedy.to_owned(),
            gain: None,
        });
    }
}
