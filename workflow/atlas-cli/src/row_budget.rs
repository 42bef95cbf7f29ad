//! Which states of a run are shown. A small run is shown whole; of a Map over ten thousand items the
//! first some dozen, what failed, and how many more there were.

use crate::span::{SpanStatus, StateSpan};

/// States outside of any branch or item.
const MOST_OUTSIDE: usize = 120;
/// States in branches and items.
const MOST_INSIDE: usize = 60;
/// Failed states beyond those.
const MOST_FAILED: usize = 30;

/// What may still be shown, and how much was not.
#[derive(Debug)]
pub(crate) struct RowBudget {
    outside: usize,
    inside: usize,
    failed: usize,
    /// How many states were not shown.
    pub(crate) hidden: usize,
}

impl Default for RowBudget {
    fn default() -> Self {
        Self { outside: MOST_OUTSIDE, inside: MOST_INSIDE, failed: MOST_FAILED, hidden: 0 }
    }
}

impl RowBudget {
    /// Whether to show the next state.
    pub(crate) fn shows(&mut self, span: &StateSpan) -> bool {
        let left = if span.lane.is_empty() { &mut self.outside } else { &mut self.inside };
        if take(left) || (span.status == SpanStatus::Failed && take(&mut self.failed)) {
            return true;
        }
        self.hidden += 1;
        false
    }
}

fn take(left: &mut usize) -> bool {
    let is_left = *left > 0;
    *left = left.saturating_sub(1);
    is_left
}

#[cfg(test)]
mod tests {
    use atlas_asl::model::StateType;

    use super::*;
    use crate::span::samples::{ended, span};

    #[test]
    fn what_comes_after_many_items_is_shown_and_so_is_what_failed() {
        let mut budget = RowBudget::default();
        let item = span("m", &["item 1"], "Each", StateType::Pass, 0, 1);
        let shown = (0..10_000).filter(|_| budget.shows(&item)).count();
        assert_eq!((shown, budget.hidden), (MOST_INSIDE, 10_000 - MOST_INSIDE));
        assert!(budget.shows(&span("m", &[], "After", StateType::Pass, 1, 2)));
        assert!(budget.shows(&ended(item, SpanStatus::Failed, 1, "Boom")));
    }
}
