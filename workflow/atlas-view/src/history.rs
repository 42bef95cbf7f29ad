//! The events of one execution, put in order.

use crate::Event;

/// The events of one execution, by id, each once, and the ids that are missing between them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    /// The events, by id.
    pub events: Vec<Event>,
    /// From and to which id events are missing, both included. What may be missing behind the last one
    /// cannot be known.
    pub gaps: Vec<(u64, u64)>,
}

impl History {
    /// Puts events in order, which Express machines log late and out of it.
    pub fn of(events: impl IntoIterator<Item = Event>) -> Self {
        let mut events: Vec<Event> = events.into_iter().collect();
        events.sort_by_key(|event| event.id);
        events.dedup_by_key(|event| event.id);
        let mut gaps = Vec::new();
        let mut next = 1;
        for event in &events {
            if event.id > next {
                gaps.push((next, event.id - 1));
            }
            next = event.id.saturating_add(1);
        }
        Self { events, gaps }
    }

    /// The event of this id.
    pub fn event(&self, id: u64) -> Option<&Event> {
        let place = self.events.binary_search_by_key(&id, |event| event.id).ok()?;
        self.events.get(place)
    }

    /// The place of the last event that is not after this id.
    pub(crate) fn last_until(&self, id: u64) -> Option<usize> {
        self.events.partition_point(|event| event.id <= id).checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    fn check(ids: &[u64], expected: &[u64], gaps: &[(u64, u64)]) {
        let history = History::of(ids.iter().map(|id| Event {
            id: *id,
            previous_id: 0,
            at_ms: 0,
            event_type: "ParallelStateStarted".to_owned(),
            details: Map::new(),
        }));
        let ordered: Vec<u64> = history.events.iter().map(|event| event.id).collect();
        assert_eq!((ordered.as_slice(), history.gaps.as_slice()), (expected, gaps), "{ids:?}");
    }

    #[test]
    fn events_are_in_order_once_and_what_is_missing_is_said() {
        check(&[], &[], &[]);
        check(&[1, 2, 3], &[1, 2, 3], &[]);
        check(&[3, 1, 3, 2, 1], &[1, 2, 3], &[]);
        check(&[9, 4, 5], &[4, 5, 9], &[(1, 3), (6, 8)]);
        check(&[u64::MAX], &[u64::MAX], &[(1, u64::MAX - 1)]);
    }
}
