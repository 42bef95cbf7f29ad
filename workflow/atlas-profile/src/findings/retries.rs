//! Attempts that fail, and the delays before the next.

use std::collections::BTreeMap;

use super::{
    Certainty, Evidence, Finding, Kind,
    evidence::{Changes, runs_of, words},
};
use crate::{place::Place, schedule::SeenVisit, statistics::count};

/// How many visits there were, and those that needed another attempt with their runs.
type Seen<'a> = (usize, Vec<(usize, &'a SeenVisit)>);

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let mut states: BTreeMap<Place, Seen<'_>> = BTreeMap::new();
    for (run, schedule) in evidence.schedules.iter().enumerate() {
        for visit in &schedule.visits {
            let entry = states.entry((*visit.place).clone()).or_default();
            entry.0 += 1;
            if visit.failed_attempts > 0 && visit.attempts > 1 {
                entry.1.push((run, visit));
            }
        }
    }
    for (place, (of, retried)) in states {
        let mut changes = Changes::new();
        for (run, visit) in &retried {
            // As if the first attempt had gone as the last one.
            let left = visit.took - visit.backoff_ms - visit.failed_ms;
            changes.entry(*run).or_default().durations.insert(visit.item, left.max(0.0));
        }
        let Some(gain) = evidence.worthwhile(&changes) else { continue };
        let sum = |of: fn(&SeenVisit) -> f64| retried.iter().map(|(_, it)| of(it)).sum::<f64>();
        let (backoff, failed) = (sum(|it| it.backoff_ms), sum(|it| it.failed_ms));
        let mut errors: BTreeMap<&str, usize> = BTreeMap::new();
        for error in retried.iter().flat_map(|(_, it)| &it.errors) {
            *errors.entry(error).or_default() += 1;
        }
        let named: Vec<String> =
            errors.iter().map(|(error, times)| format!("{error} ({times} times)")).collect();
        let times = count(retried.len());
        let remedy = if backoff > failed {
            "find out why it fails; else begin with a shorter interval, and give up sooner"
        } else {
            "find out why it fails; a shorter timeout would fail sooner"
        };
        found.push(Finding {
            kind: Kind::Retries,
            place,
            certainty: Certainty::Proven,
            runs: runs_of(retried.iter().map(|(run, _)| *run)),
            count: retried.iter().map(|(_, it)| it.failed_attempts).sum(),
            mean_ms: evidence.per_run(backoff + failed),
            cause: format!(
                "{} of {of} visits failed at first with {}: {} of failed attempts and {} of delays before the \
                 next, each time",
                retried.len(),
                if named.is_empty() { "errors".to_owned() } else { named.join(", ") },
                words(failed / times),
                words(backoff / times),
            ),
            remedy: remedy.to_owned(),
            gain: Some(gain),
        });
    }
}
