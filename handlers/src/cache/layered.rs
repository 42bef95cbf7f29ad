//! A cache as handlers use it: memory, then the table, both with a deadline.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{CacheKey, CacheStore, CacheUnavailable, Entry, in_memory::InMemory};
use crate::{
    clock::Clock,
    observe::{Service, count},
};

/// How long entries live, and how long the table may take.
#[derive(Debug, Clone, Copy)]
pub struct CacheSettings {
    /// How long an entry is good.
    pub time_to_live: SignedDuration,
    /// How long whoever claimed a key may take to write it.
    pub claim: SignedDuration,
    /// How long a call of the table may take: a cache that is slow is none.
    pub deadline: Duration,
}

impl CacheSettings {
    /// Of the chat's answers: five minutes.
    pub const RESPONSES: Self = Self {
        time_to_live: SignedDuration::from_mins(5),
        claim: SignedDuration::from_secs(30),
        deadline: Duration::from_millis(500),
    };
    /// Of scenarios: a day.
    pub const SCENARIOS: Self = Self {
        time_to_live: SignedDuration::from_hours(24),
        claim: SignedDuration::from_secs(30),
        deadline: Duration::from_millis(500),
    };
}

/// One of the caches.
pub struct Cache {
    store: Arc<dyn CacheStore>,
    clock: Arc<dyn Clock>,
    settings: CacheSettings,
    memory: InMemory,
}

impl Cache {
    /// A cache with memory of its own.
    pub fn new(store: Arc<dyn CacheStore>, clock: Arc<dyn Clock>, settings: CacheSettings) -> Self {
        Self { store, clock, settings, memory: InMemory::default() }
    }

    /// What this process knows: no call.
    pub fn remembered(&self, key: &dyn CacheKey) -> Option<String> {
        let entry = self.memory.get(&key.partition(), self.clock.now())?;
        count(Service::DynamoDb, "CacheHits");
        Some(entry.text)
    }

    /// The entry of a key, if it is still good.
    pub async fn get(&self, key: &dyn CacheKey) -> Result<Option<String>, CacheUnavailable> {
        if let Some(text) = self.remembered(key) {
            return Ok(Some(text));
        }
        let newest = self.within(self.store.newest(key)).await?;
        let now = self.clock.now();
        let Some(entry) = newest.filter(|entry| now < self.over_at(entry)) else {
            count(Service::DynamoDb, "CacheMisses");
            return Ok(None);
        };
        count(Service::DynamoDb, "CacheHits");
        let over_at = self.over_at(&entry);
        self.memory.put(key.partition(), entry.clone(), over_at, now);
        Ok(Some(entry.text))
    }

    /// Writes an entry. This process knows it even where the table does not answer.
    pub async fn put(&self, key: &dyn CacheKey, text: String) -> Result<(), CacheUnavailable> {
        let entry = self.remember(key, text);
        self.write(key, &entry).await
    }

    /// The half of [`Self::put`] that calls nobody.
    pub fn remember(&self, key: &dyn CacheKey, text: String) -> Entry {
        let now = self.clock.now();
        let entry = Entry { text, written_at: now };
        self.memory.put(key.partition(), entry.clone(), self.over_at(&entry), now);
        entry
    }

    /// The other half of [`Self::put`].
    pub async fn write(&self, key: &dyn CacheKey, entry: &Entry) -> Result<(), CacheUnavailable> {
        self.within(self.store.write(key, entry, self.over_at(entry))).await
    }

    /// Takes the right to write a key's next entry; `false` where somebody else has it.
    pub async fn claim(&self, key: &dyn CacheKey) -> Result<bool, CacheUnavailable> {
        let now = self.clock.now();
        let until = later(now, self.settings.claim);
        self.within(self.store.claim(key, now, until)).await
    }

    /// Gives that right back, so that the next try has it.
    pub async fn release(&self, key: &dyn CacheKey) -> Result<(), CacheUnavailable> {
        self.within(self.store.release(key)).await
    }

    fn over_at(&self, entry: &Entry) -> Timestamp {
        later(entry.written_at, self.settings.time_to_live)
    }

    async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, CacheUnavailable>>,
    ) -> Result<T, CacheUnavailable> {
        let deadline = self.settings.deadline;
        tokio::time::timeout(deadline, call).await.unwrap_or_else(|_| {
            Err(CacheUnavailable(format!("nothing within {} ms", deadline.as_millis())))
        })
    }
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bedrock::Topic,
        cache::ResponseKey,
        test_doubles::{FakeStore, ManualClock},
    };

    #[tokio::test(start_paused = true)]
    async fn an_entry_is_over_by_its_timestamp_not_by_its_deletion() {
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(FakeStore::default());
        let cache = || Cache::new(store.clone(), clock.clone(), CacheSettings::RESPONSES);
        let key = ResponseKey::new("GreetingIntent", &Topic::of("", &[]), "en-US");
        let (writer, reader) = (cache(), cache());
        writer.put(&key, "Hello.".to_owned()).await.unwrap();
        let check = async |after: i64, expected: Option<&str>, reads: usize| {
            clock.advance(SignedDuration::from_secs(after));
            assert_eq!(reader.get(&key).await.unwrap().as_deref(), expected, "after {after} s");
            assert_eq!(store.reads(), reads, "after {after} s");
        };
        check(0, Some("Hello."), 1).await;
        check(299, Some("Hello."), 1).await; // from memory
        check(1, None, 2).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_table_that_hangs_is_no_cache() {
        let store = Arc::new(FakeStore::hanging());
        let deadline = Duration::from_millis(10);
        let settings = CacheSettings { deadline, ..CacheSettings::RESPONSES };
        let clock = Arc::new(ManualClock::default());
        let cache = Cache::new(store, clock, settings);
        let key = ResponseKey::new("GreetingIntent", &Topic::of("", &[]), "en-US");
        cache.get(&key).await.unwrap_err();
        cache.put(&key, "Hello.".to_owned()).await.unwrap_err();
        assert_eq!(cache.get(&key).await, Ok(Some("Hello.".to_owned())));
    }

    #[tokio::test(start_paused = true)]
    async fn a_claim_has_one_owner_until_it_is_over_or_given_back() {
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(FakeStore::default());
        let cache = Cache::new(store, clock.clone(), CacheSettings::RESPONSES);
        let key = ResponseKey::new("GreetingIntent", &Topic::of("", &[]), "en-US");
        assert_eq!(cache.claim(&key).await, Ok(true));
        assert_eq!(cache.claim(&key).await, Ok(false));
        cache.release(&key).await.unwrap();
        assert_eq!(cache.claim(&key).await, Ok(true));
        clock.advance(SignedDuration::from_secs(31));
        assert_eq!(cache.claim(&key).await, Ok(true));
    }
}
