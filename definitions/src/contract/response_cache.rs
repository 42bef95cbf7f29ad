//! The table `AtlasEngine-ResponseCache`: how the items are keyed that the caches write.

/// The partition key: `RESPONSE#{intent}#{context hash}` for an answer of the chat, `SCENARIO#…` for a
/// scenario, `CLAIM#…` for who writes one.
pub const PARTITION_KEY: &str = "cacheKey";
/// The sort key: when the text was written, in RFC 3339 of one width.
pub const WRITTEN_AT: &str = "writtenAt";
/// The intent of an answer.
pub const INTENT: &str = "intent";
/// When DynamoDB may delete an item, in seconds since the epoch.
pub const EXPIRES_AT: &str = "expiresAt";
/// Answers by intent and time.
pub const INTENT_INDEX: &str = "by-intent";
