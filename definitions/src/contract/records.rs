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

/// The lead in Salesforce, on attempts and leads.
pub const LEAD_ID: &str = "leadId";
/// The number's keyed hash: on attempts and leads, and the partition key of `AtlasEngine-Suppression`.
pub const PHONE_HASH: &str = "phoneHash";
/// The e-mail address's keyed hash, on leads: by it somebody is found who asks to be erased.
pub const EMAIL_HASH: &str = "emailHash";
/// The contact in Connect, on attempts.
pub const CONTACT_ID: &str = "contactId";
/// Stands on an attempt while its token is not answered.
pub const OPEN: &str = "open";
/// When an open attempt is overdue, in milliseconds since the epoch.
pub const DUE_AT: &str = "dueAt";

/// Attempts by contact.
pub const CONTACT_INDEX: &str = "by-contact";
/// Attempts and leads by the lead in Salesforce.
pub const LEAD_INDEX: &str = "by-lead";
/// Attempts and leads by the phone's hash.
pub const PHONE_INDEX: &str = "by-phone";
/// Attempts whose token is not answered, by when they are due. Only those are in it.
pub const OVERDUE_INDEX: &str = "by-due";
