//! The table `AtlasEngine-Calls`: how the items are keyed that machines and handlers write.

/// The partition key: the interaction key.
pub const PARTITION_KEY: &str = "interactionKey";
/// The sort key: which of the items of one interaction.
pub const SORT_KEY: &str = "record";
/// When DynamoDB may delete an item, in seconds since the epoch.
pub const EXPIRES_AT: &str = "expiresAt";
/// The sort key of a parked lead.
pub const PARKED: &str = "PARKED";
/// What the sort key of an outcome that Salesforce did not take begins with; the attempt follows.
pub const UNREPORTED_PREFIX: &str = "UNREPORTED#";
/// How long a parked item is kept where the deployment does not say.
pub const DEFAULT_RECORD_DAYS: u64 = 365;
