//! Connections that are opened where one was open: a client that is made anew for each call, or does not keep
//! its connections.

use std::collections::{BTreeMap, HashMap};

use super::{
    Certainty, Evidence, Finding, Kind,
    evidence::{CallOfRun, durations, runs_of, words},
};
use crate::{
    place::Place,
    statistics::{count, median},
};

/// So many at least, and such a share of the calls, to be a habit.
const OFTEN: usize = 3;
const SHARE: f64 = 0.2;
/// Peers close a connection that nobody used for so long.
const KEPT_OPEN_MS: f64 = 20_000.0;
/// A difference below this, or this share, is noise.
const NOISE_MS: f64 = 1.0;
const NOISE: f64 = 0.1;

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let calls = evidence.calls();
    let excess = Excess::of(&calls);
    let mut by_place: BTreeMap<Place, (usize, Vec<CallOfRun<'_>>)> = BTreeMap::new();
    for (call, is_avoidable) in avoidable(evidence, &calls) {
        let entry = by_place.entry(call.1.place.of_function()).or_default();
        entry.0 += 1;
        if is_avoidable {
            entry.1.push(call);
        }
    }
    for (place, (of, cold)) in by_place {
        if cold.len() < OFTEN || count(cold.len()) < SHARE * count(of) {
            continue;
        }
        let Some((_, first)) = cold.first() else { continue };
        let (service, operation) = (first.call.service.as_str(), first.call.operation.as_str());
        let known = excess.of_operation(service, operation);
        let (gain, each) = match known {
            Some(excess) if excess.is_noise() => continue,
            Some(excess) => {
                let shorter = cold.iter().filter_map(|(run, it)| {
                    Some((*run, it.item?, (it.call.took_ms() - excess.ms).max(0.0)))
                });
                let Some(gain) = evidence.worthwhile(&durations(shorter)) else { continue };
                (Some(gain), format!("{} more than on an open one", words(excess.ms)))
            }
            None => {
                let all = cold.iter().filter_map(|(run, it)| Some((*run, it.item?, 0.0)));
                if evidence.worthwhile(&durations(all)).is_none() {
                    continue;
                }
                (None, "no call on an open one was seen to compare with".to_owned())
            }
        };
        let lost = known.map_or(0.0, |excess| excess.ms * count(cold.len()));
        found.push(Finding {
            kind: Kind::ColdConnection,
            place,
            certainty: Certainty::Proven,
            runs: runs_of(cold.iter().map(|(run, _)| *run)),
            count: cold.len(),
            mean_ms: evidence.per_run(lost),
            cause: format!(
                "{} of {of} calls open a connection though the environment had opened one that was free: {each}",
                cold.len()
            ),
            remedy: "make the client once for each environment, and let it keep its connections".to_owned(),
            gain,
        });
    }
}

/// Each call of which it is known how it was connected, and whether its connection need not have been opened:
/// its environment had as many to that service as were in use at once.
fn avoidable<'a>(
    evidence: &'a Evidence<'_>,
    calls: &[CallOfRun<'a>],
) -> Vec<(CallOfRun<'a>, bool)> {
    #[derive(Default)]
    struct Pool {
        /// When each open connection was used last.
        opened: Vec<f64>,
        in_use: Vec<f64>,
    }
    let mut pools: HashMap<(&str, &str), Pool> = HashMap::new();
    let mut judged = Vec::new();
    for &(run, seen) in calls {
        let Some(is_new) = seen.call.new_connection else { continue };
        let Some(environment) = evidence.environment((run, seen)) else { continue };
        let pool = pools.entry((environment, seen.call.service.as_str())).or_default();
        let (start, end) = (seen.call.started_ms, seen.call.ended_ms);
        pool.in_use.retain(|until| *until > start);
        pool.opened.retain(|used| start - used < KEPT_OPEN_MS);
        let is_avoidable = is_new && pool.opened.len() > pool.in_use.len();
        pool.in_use.push(end);
        if is_new && !is_avoidable {
            pool.opened.push(end);
        } else if let Some(oldest) =
            pool.opened.iter_mut().min_by(|one, other| one.total_cmp(other))
        {
            *oldest = oldest.max(end);
        }
        judged.push(((run, seen), is_avoidable));
    }
    judged
}

/// How much longer calls take that open their connection.
#[derive(Debug, Default)]
struct Excess<'a> {
    by_operation: HashMap<(&'a str, &'a str), Times>,
    by_service: HashMap<&'a str, Times>,
}

#[derive(Debug, Default)]
struct Times {
    new: Vec<f64>,
    reused: Vec<f64>,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    ms: f64,
    reused: f64,
}

impl<'a> Excess<'a> {
    fn of(calls: &[CallOfRun<'a>]) -> Self {
        let mut excess = Self::default();
        for (_, seen) in calls {
            let Some(is_new) = seen.call.new_connection.filter(|_| seen.call.failure.is_none())
            else {
                continue;
            };
            let (service, operation) = (seen.call.service.as_str(), seen.call.operation.as_str());
            let took = seen.call.took_ms();
            let of_operation = excess.by_operation.entry((service, operation)).or_default();
            of_operation.add(is_new, took);
            excess.by_service.entry(service).or_default().add(is_new, took);
        }
        excess
    }

    /// Of this operation where calls of both kinds were seen, else of its service.
    fn of_operation(&self, service: &str, operation: &str) -> Option<Known> {
        let of_operation = self.by_operation.get(&(service, operation)).and_then(Times::excess);
        of_operation.or_else(|| self.by_service.get(service).and_then(Times::excess))
    }
}

impl Times {
    fn add(&mut self, is_new: bool, took: f64) {
        if is_new { self.new.push(took) } else { self.reused.push(took) }
    }

    fn excess(&self) -> Option<Known> {
        let (new, reused) =
            (median(self.new.iter().copied())?, median(self.reused.iter().copied())?);
        Some(Known { ms: new - reused, reused })
    }
}

impl Known {
    fn is_noise(self) -> bool {
        self.ms < NOISE_MS || self.ms < NOISE * self.reused
    }
}
