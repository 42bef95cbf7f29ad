//! The port: a table of texts by key and time.

use async_trait::async_trait;
use jiff::Timestamp;

/// A key of the cache. Nothing personal may be recognised in it.
pub trait CacheKey: Send + Sync {
    /// The partition.
    fn partition(&self) -> String;

    /// The intent that the entry is listed under, where it has one.
    fn intent(&self) -> Option<&str>;
}

/// What was written, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The text.
    pub text: String,
    /// When it was written.
    pub written_at: Timestamp,
}

/// The table did not answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the cache's table did not answer: {0}")]
pub struct CacheUnavailable(pub String);

/// Where entries lie.
#[async_trait]
pub trait CacheStore: Send + Sync {
    /// The newest entry of a key, perhaps one that is over.
    async fn newest(&self, key: &dyn CacheKey) -> Result<Option<Entry>, CacheUnavailable>;

    /// Adds an entry, to be deleted some time after it is over.
    async fn write(
        &self,
        key: &dyn CacheKey,
        entry: &Entry,
        over_at: Timestamp,
    ) -> Result<(), CacheUnavailable>;

    /// Takes the right to write a key's next entry, until it is given back or over. `false` where
    /// somebody else has it.
    async fn claim(
        &self,
        key: &dyn CacheKey,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, CacheUnavailable>;

    /// Gives that right back.
    async fn release(&self, key: &dyn CacheKey) -> Result<(), CacheUnavailable>;
}
