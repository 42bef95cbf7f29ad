//! Executions by the moment at which they go on by themselves, if nothing comes from outside before: the
//! first of their timers, a timeout for one.

use std::{collections::BTreeMap, ops::Bound, sync::Arc};

use atlas_core::Timestamp;

use crate::{
    engine::{Engine, Inner},
    error::EngineError,
    run::TimerKey,
};

/// So many timers are looked at before others may set theirs.
const AT_ONCE: usize = 256;

/// An execution that waits until a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The first of its timers.
    pub until: Timestamp,
    /// Its place among all.
    pub number: u64,
    /// Its ARN.
    pub execution_arn: Arc<str>,
}

impl Engine {
    /// Executions that have a timer, in the order of the first ones: behind this moment and place, so many
    /// at most. Those that skip their waits wait for no clock, and are not among them.
    ///
    /// # Errors
    /// Where what is kept cannot be read.
    pub fn by_deadline(
        &self,
        after: Option<(Timestamp, u64)>,
        most: usize,
    ) -> Result<Vec<Waiting>, EngineError> {
        let inner = &self.inner;
        let mut first = inner.first_in_memory(after, most);
        for key in inner.real_time.resting_after(after, most) {
            first.entry(key).or_default();
        }
        let mut waiting = Vec::new();
        for ((until, number), known) in first {
            if waiting.len() == most {
                break;
            }
            let execution_arn = match (known, inner.journal.archive()) {
                (Some(known), _) => Some(known),
                (None, Some(archive)) => archive.arn_of(number)?,
                (None, None) => None,
            };
            // One that was forgotten waits for nothing.
            waiting.extend(execution_arn.map(|execution_arn| Waiting {
                until,
                number,
                execution_arn,
            }));
        }
        Ok(waiting)
    }
}

/// Executions by the first of their timers and their place; those in memory have their ARN.
type ByDeadline = BTreeMap<(Timestamp, u64), Option<Arc<str>>>;

impl Inner {
    fn first_in_memory(&self, after: Option<(Timestamp, u64)>, most: usize) -> ByDeadline {
        let mut first = ByDeadline::new();
        let mut from = match after {
            Some((at, _)) => Bound::Included(TimerKey::first_at(at)),
            None => Bound::Unbounded,
        };
        let mut last_at = None;
        loop {
            let timers = self.real_time.timers_from(from, AT_ONCE);
            let Some((last, _)) = timers.last() else { return first };
            from = Bound::Excluded(*last);
            for (key, cell) in timers {
                // Those of one moment are in no order of ours: all of them or none.
                if first.len() >= most && last_at.is_some_and(|last| key.at > last) {
                    return first;
                }
                let Some(cell) = cell.upgrade() else { continue };
                let place = (key.at, cell.sequence);
                let is_first =
                    || cell.lock().timers.values().map(|key| key.at).min() == Some(key.at);
                if after.is_none_or(|after| place > after) && is_first() {
                    first.insert(place, Some(Arc::clone(&cell.identity.execution_arn)));
                    last_at = Some(key.at);
                }
            }
        }
    }
}
