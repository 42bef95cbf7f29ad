//! Calls in sequence inside a function. What a function does with an answer cannot be seen, so that they could
//! go side by side is possible, never proven.

use std::collections::{BTreeMap, HashMap};

use super::{
    Certainty, Evidence, Finding, Kind,
    evidence::{Changes, words},
};
use crate::{place::Place, schedule::SeenCall, statistics::count};

/// Such a share of the invocations, to be a habit.
const SHARE: f64 = 0.5;

#[derive(Default)]
struct Habit {
    invocations: usize,
    sequential: usize,
    total: f64,
    runs: usize,
    changes: Changes,
    pairs: HashMap<String, usize>,
}

pub(super) fn look(evidence: &Evidence<'_>, found: &mut Vec<Finding>) {
    let mut habits: BTreeMap<Place, Habit> = BTreeMap::new();
    for (run, schedule) in evidence.schedules.iter().enumerate() {
        let mut by_invocation: BTreeMap<usize, Vec<&SeenCall>> = BTreeMap::new();
        for call in schedule.calls.iter().filter(|call| call.item.is_some()) {
            if let Some(invocation) = call.invocation {
                by_invocation.entry(invocation).or_default().push(call);
            }
        }
        for (invocation, calls) in by_invocation {
            let place = schedule.invocations[invocation].place.of_function();
            let habit = habits.entry(place).or_default();
            habit.invocations += 1;
            let mut is_sequential = false;
            for pair in calls.windows(2) {
                let [one, other] = pair else { continue };
                if other.call.started_ms < one.call.ended_ms {
                    continue;
                }
                is_sequential = true;
                let named =
                    |call: &SeenCall| format!("{}:{}", call.call.service, call.call.operation);
                *habit.pairs.entry(format!("{} then {}", named(one), named(other))).or_default() +=
                    1;
                habit.total += other.call.took_ms();
                if let Some(item) = other.item {
                    habit.changes.entry(run).or_default().after.insert(item, Vec::new());
                }
            }
            habit.sequential += usize::from(is_sequential);
            habit.runs += usize::from(is_sequential);
        }
    }
    for (place, habit) in habits {
        if habit.sequential < 3 || count(habit.sequential) < SHARE * count(habit.invocations) {
            continue;
        }
        let Some(gain) = evidence.worthwhile(&habit.changes) else { continue };
        let mut pairs: Vec<(&String, &usize)> = habit.pairs.iter().collect();
        pairs.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
        let most: Vec<String> =
            pairs.iter().take(3).map(|(pair, times)| format!("{pair} ({times} times)")).collect();
        found.push(Finding {
            kind: Kind::SequentialCalls,
            place,
            certainty: Certainty::Possible,
            runs: habit.changes.len(),
            count: habit.sequential,
            mean_ms: evidence.per_run(habit.total),
            cause: format!(
                "in {} of {} invocations calls follow each other: {}",
                habit.sequential,
                habit.invocations,
                most.join(", ")
            ),
            remedy: format!(
                "begin at once those that need nothing of each other, at most {} a run; not proven: \
                 what a function does with an answer cannot be seen",
                words(gain.mean_ms)
            ),
            gain: Some(gain),
        });
    }
}
