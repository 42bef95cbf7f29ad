//! The layer in this process: bounded, and over when the entry is.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;

use super::Entry;

/// More keys than this no process needs at once.
const MAX_ENTRIES: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct InMemory(Mutex<HashMap<String, (Entry, Timestamp)>>);

impl InMemory {
    pub(super) fn get(&self, partition: &str, now: Timestamp) -> Option<Entry> {
        let entries = self.entries();
        let (entry, over_at) = entries.get(partition)?;
        (now < *over_at).then(|| entry.clone())
    }

    pub(super) fn put(&self, partition: String, entry: Entry, over_at: Timestamp, now: Timestamp) {
        let mut entries = self.entries();
        if entries.len() >= MAX_ENTRIES && !entries.contains_key(&partition) {
            entries.retain(|_, (_, over_at)| now < *over_at);
        }
        if entries.len() >= MAX_ENTRIES && !entries.contains_key(&partition) {
            let first_over = entries.iter().min_by_key(|(_, (_, over_at))| *over_at);
            if let Some(partition) = first_over.map(|(partition, _)| partition.clone()) {
                entries.remove(&partition);
            }
        }
        entries.insert(partition, (entry, over_at));
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<String, (Entry, Timestamp)>> {
        // Each change is one call on the map, so a panic elsewhere broke nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_grows_beyond_its_bound() {
        let memory = InMemory::default();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        for n in 0..3_000 {
            let entry = Entry { text: n.to_string(), written_at: at(n) };
            memory.put(n.to_string(), entry, at(n + 10_000), at(n));
        }
        assert_eq!(memory.entries().len(), MAX_ENTRIES);
        assert!(memory.get("2999", at(3_000)).is_some());
        assert!(memory.get("0", at(3_000)).is_none());
        assert!(memory.get("2999", at(12_999)).is_none());
    }
}
