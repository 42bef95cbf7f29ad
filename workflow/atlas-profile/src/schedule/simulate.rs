//! The run once more, with something changed: everything begins as long after what it waited for as it did.
//!
//! What had ended before something began is taken for what it waited for. That is what happened, and so a
//! change moves all that came after it, and nothing that went on beside it.

use std::collections::HashMap;

use super::{Item, ItemId};

/// What is otherwise.
#[derive(Debug, Default, Clone)]
pub(crate) struct Change {
    /// How long these take instead.
    pub(crate) durations: HashMap<ItemId, f64>,
    /// After which of their neighbours these begin instead; after none of them where there is none.
    pub(crate) after: HashMap<ItemId, Vec<ItemId>>,
}

/// Moments that differ by less are the same: histories know milliseconds.
pub(super) const SAME: f64 = 0.002;

/// When the goal would be reached, in milliseconds since the run began: the end of `goal`, or of everything.
pub(crate) fn goal_after(root: &Item, goal: Option<ItemId>, change: &Change) -> f64 {
    let mut simulation = Simulation { change, goal, reached: None, latest: 0.0 };
    simulation.run(root, root.start);
    simulation.reached.unwrap_or(simulation.latest)
}

struct Simulation<'a> {
    change: &'a Change,
    goal: Option<ItemId>,
    reached: Option<f64>,
    latest: f64,
}

impl Simulation<'_> {
    /// Runs an item from this moment on; gives its end.
    fn run(&mut self, item: &Item, start: f64) -> f64 {
        let end = match self.change.durations.get(&item.id) {
            Some(duration) => start + duration,
            None if item.inner.is_empty() => start + item.took(),
            None => self.inner(item, start),
        };
        for spawned in &item.spawned {
            let begin = if spawned.start >= item.end {
                end + (spawned.start - item.end)
            } else {
                (start + (spawned.start - item.start)).min(end.max(start))
            };
            self.run(spawned, begin);
        }
        if self.goal == Some(item.id) {
            self.reached = Some(end);
        }
        self.latest = self.latest.max(end);
        end
    }

    fn inner(&mut self, item: &Item, start: f64) -> f64 {
        // By start; those that had ended by then are what one waited for.
        let mut by_end: Vec<usize> = (0..item.inner.len()).collect();
        by_end.sort_by(|one, other| item.inner[*one].end.total_cmp(&item.inner[*other].end));
        let mut ended = by_end.into_iter().peekable();
        // The latest end of what had ended, as it was and as it would be.
        let (mut was, mut would_be) = (item.start, start);
        let mut new_ends: HashMap<ItemId, f64> = HashMap::new();
        let mut last = (item.start, start);
        for (at, inner) in item.inner.iter().enumerate() {
            while let Some(&next) = ended.peek() {
                let candidate = &item.inner[next];
                // Something without duration does not wait for itself, nor for what comes after it.
                if candidate.end > inner.start + SAME || next >= at {
                    break;
                }
                ended.next();
                was = was.max(candidate.end);
                would_be = would_be.max(new_ends.get(&candidate.id).copied().unwrap_or(start));
            }
            let lag = (inner.start - was).max(0.0);
            let begin = match self.change.after.get(&inner.id) {
                Some(after) => {
                    let ends = after.iter().filter_map(|id| new_ends.get(id));
                    ends.copied().fold(start, f64::max) + lag
                }
                None => would_be + lag,
            };
            let end = self.run(inner, begin);
            new_ends.insert(inner.id, end);
            last = (last.0.max(inner.end), last.1.max(end));
        }
        last.1 + (item.end - last.0).max(0.0)
    }
}
