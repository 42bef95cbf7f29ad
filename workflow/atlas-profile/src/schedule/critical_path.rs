//! What the goal waited for, from its end back to the run's beginning.

use super::{Item, ItemId, simulate::SAME};

/// A part of the critical path: an item that is made of nothing, or what an item did itself between its parts.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) item: &'a Item,
    pub(crate) took: f64,
}

/// The critical path to the goal, or to the last end of all; the last step first.
pub(crate) fn critical_path(root: &Item, goal: Option<ItemId>) -> Vec<Step<'_>> {
    let mut ancestors = Vec::new();
    let target = match goal {
        Some(goal) => goal,
        None => latest(root),
    };
    let mut steps = Vec::new();
    if find(root, target, &mut ancestors) {
        let mut until = ancestors.last().map_or(root.end, |item| item.end);
        let mut below: Option<&Item> = None;
        for item in ancestors.into_iter().rev() {
            match below {
                None => back(item, until, &mut steps),
                // What led to what is below.
                Some(below) => before(item, below.start.min(until), &mut steps),
            }
            until = item.start;
            below = Some(item);
        }
    }
    steps.retain(|step| step.took > 0.0);
    steps
}

/// The execution that ended last.
fn latest(root: &Item) -> ItemId {
    let mut last = root;
    root.walk(&mut |item| {
        if item.end > last.end {
            last = item;
        }
    });
    // Of those that ended together, the outermost.
    let mut outermost = last.id;
    let mut is_found = false;
    root.walk(&mut |item| {
        if !is_found && (item.end - last.end).abs() < SAME && item.kind == super::Kind::Execution {
            (outermost, is_found) = (item.id, true);
        }
    });
    outermost
}

fn find<'a>(item: &'a Item, id: ItemId, ancestors: &mut Vec<&'a Item>) -> bool {
    ancestors.push(item);
    if item.id == id || item.inner.iter().chain(&item.spawned).any(|it| find(it, id, ancestors)) {
        return true;
    }
    ancestors.pop();
    false
}

/// The whole of an item, up to this moment.
fn back<'a>(item: &'a Item, until: f64, steps: &mut Vec<Step<'a>>) {
    before(item, until.min(item.end), steps);
}

/// What happened in an item before this moment.
fn before<'a>(item: &'a Item, until: f64, steps: &mut Vec<Step<'a>>) {
    let mut until = until;
    loop {
        let ended = item.inner.iter().filter(|it| it.end <= until + SAME && it.start < until);
        let Some(last) = ended.max_by(|one, other| one.end.total_cmp(&other.end)) else { break };
        steps.push(Step { item, took: until - last.end });
        back(last, last.end, steps);
        until = last.start;
    }
    steps.push(Step { item, took: until - item.start });
}
