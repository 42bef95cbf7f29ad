//! What rules look at: all runs as schedules, and what a change to them would gain.

use std::collections::{HashMap, HashSet};

use super::{Gain, WORTH};
use crate::{
    run::Run,
    schedule::{Change, ItemId, Schedule, SeenCall, goal_after},
    statistics::{count, mean},
};

/// All runs.
pub(crate) struct Evidence<'a> {
    pub(crate) runs: &'a [Run],
    /// A schedule for each run that has one.
    pub(crate) schedules: &'a [Schedule],
    /// What each is looked at for; `None` is its end.
    pub(crate) goals: &'a [Option<ItemId>],
    /// How long each took to the goal without waiting for somebody outside, in milliseconds.
    pub(crate) work: &'a [f64],
}

/// A change for each run, by its number.
pub(crate) type Changes = HashMap<usize, Change>;

/// A call, and the run that it is of.
pub(crate) type CallOfRun<'a> = (usize, &'a SeenCall);

impl Evidence<'_> {
    /// The calls of all runs, by start.
    pub(crate) fn calls(&self) -> Vec<CallOfRun<'_>> {
        let each = self.schedules.iter().enumerate();
        let mut calls: Vec<CallOfRun<'_>> =
            each.flat_map(|(run, it)| it.calls.iter().map(move |call| (run, call))).collect();
        calls.sort_by(|(_, one), (_, other)| one.call.started_ms.total_cmp(&other.call.started_ms));
        calls
    }

    /// The environment of a call's function, where that is known.
    pub(crate) fn environment(&self, (run, call): CallOfRun<'_>) -> Option<&str> {
        let invocation = &self.schedules[run].invocations[call.invocation?];
        invocation.invocation.environment.as_deref()
    }

    /// What these changes would gain on the whole.
    pub(crate) fn gain(&self, changes: &Changes) -> Gain {
        let unchanged = Change::default();
        let gains: Vec<f64> = (0..self.schedules.len())
            .map(|run| match changes.get(&run) {
                None => 0.0,
                Some(change) => {
                    let (root, goal) = (&self.schedules[run].root, self.goals[run]);
                    let was = goal_after(root, goal, &unchanged);
                    (was - goal_after(root, goal, change)).max(0.0)
                }
            })
            .collect();
        let mean_ms = mean(&gains);
        let work = mean(self.work);
        Gain { mean_ms, share: if work > 0.0 { (mean_ms / work).min(1.0) } else { 0.0 } }
    }

    /// The same, where it is worth a change.
    pub(crate) fn worthwhile(&self, changes: &Changes) -> Option<Gain> {
        Some(self.gain(changes)).filter(|gain| gain.share >= WORTH)
    }

    /// So much of a run, in milliseconds a run.
    pub(crate) fn per_run(&self, total: f64) -> f64 {
        if self.schedules.is_empty() { 0.0 } else { total / count(self.schedules.len()) }
    }
}

/// Lets items take this long instead.
pub(crate) fn durations(items: impl IntoIterator<Item = (usize, ItemId, f64)>) -> Changes {
    let mut changes = Changes::new();
    for (run, item, duration) in items {
        changes.entry(run).or_default().durations.insert(item, duration);
    }
    changes
}

/// In how many runs these are.
pub(crate) fn runs_of(runs: impl IntoIterator<Item = usize>) -> usize {
    runs.into_iter().collect::<HashSet<_>>().len()
}

/// Milliseconds in words.
pub(crate) fn words(ms: f64) -> String {
    if ms >= 10_000.0 {
        format!("{:.1} s", ms / 1e3)
    } else if ms >= 10.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{ms:.1} ms")
    }
}
