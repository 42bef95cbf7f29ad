//! The ports: what the handlers ask of the records. Every transition is conditional on the state
//! before it, and answers with what stands there afterwards.

use async_trait::async_trait;
use definitions::contract::{CallOutcome, CallbackToken, InteractionKey, Outcome};
use jiff::{SignedDuration, Timestamp};

use super::{
    Attempt, AttemptKey, EndedContact, LeadRecord, NewAttempt, Parked, PhoneHash, Refusal, Reserved,
};

/// DynamoDB did not answer, or not as a table of ours does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct StoreUnavailable {
    /// For a person, without personal data.
    pub cause: String,
}

impl StoreUnavailable {
    /// An error with its cause.
    pub fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into() }
    }
}

/// The attempts, and the contacts that belong to them.
#[async_trait]
pub trait AttemptRecords: Send + Sync {
    /// Makes the attempt ours, or gives the one that is there.
    async fn reserve(&self, new: &NewAttempt) -> Result<Reserved, StoreUnavailable>;

    /// The attempt as it stands, read consistently.
    async fn attempt(&self, key: &AttemptKey) -> Result<Option<Attempt>, StoreUnavailable>;

    /// Stores the token that came last, and has the sweeper look at the attempt when it is due.
    async fn renew_token(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
        due_at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable>;

    /// Notes that Connect certainly has not been asked: of an attempt that is `RESERVED`.
    async fn waiting(&self, key: &AttemptKey) -> Result<(), StoreUnavailable>;

    /// `RESERVED → DIALING`; nothing where it is further already.
    async fn dialing(&self, key: &AttemptKey, at: Timestamp) -> Result<(), StoreUnavailable>;

    /// `RESERVED` or `DIALING → DIALED`, with its contact.
    async fn dialed(
        &self,
        key: &AttemptKey,
        contact_id: &str,
        at: Timestamp,
        due_at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable>;

    /// `RESERVED` or `DIALING → NOT_PLACED`, because we or Connect refused.
    async fn not_placed(
        &self,
        key: &AttemptKey,
        refusal: &Refusal,
    ) -> Result<Attempt, StoreUnavailable>;

    /// `DIALED → ENDED`. The first outcome stays.
    async fn ended(
        &self,
        key: &AttemptKey,
        outcome: &CallOutcome,
        at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable>;

    /// Notes that the token has been answered, so that the sweeper leaves the attempt alone.
    /// `false` where another token has come since.
    async fn settled(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
    ) -> Result<bool, StoreUnavailable>;

    /// Holds the attempt for an operator: nobody knows whether it rang. Its token is answered.
    async fn held(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
        at: Timestamp,
    ) -> Result<bool, StoreUnavailable>;

    /// Has the sweeper look again later.
    async fn postpone(&self, key: &AttemptKey, due_at: Timestamp) -> Result<(), StoreUnavailable>;

    /// Ties a contact to its attempt, and gives the end of it that came before.
    async fn tie_contact(
        &self,
        contact_id: &str,
        key: &AttemptKey,
    ) -> Result<Option<EndedContact>, StoreUnavailable>;

    /// Keeps the end of a contact, and gives the attempt that it is tied to. Either this or
    /// [`Self::tie_contact`] finds what the other left, whichever comes first.
    async fn keep_end(
        &self,
        contact_id: &str,
        end: &EndedContact,
    ) -> Result<Option<AttemptKey>, StoreUnavailable>;

    /// The attempt with this contact by the index, which may lag behind.
    async fn of_contact(&self, contact_id: &str) -> Result<Option<AttemptKey>, StoreUnavailable>;

    /// Attempts whose token should have been answered by now, the oldest first.
    async fn overdue(
        &self,
        now: Timestamp,
        at_most: u32,
    ) -> Result<Vec<AttemptKey>, StoreUnavailable>;
}

/// The leads.
#[async_trait]
pub trait LeadRecords: Send + Sync {
    /// Writes the lead as `CREATED`, or gives the one that is there.
    async fn create(&self, lead: &LeadRecord) -> Result<LeadRecord, StoreUnavailable>;

    /// `CREATED → REPORTED`. `false` where it was reported before or is not there.
    async fn report(
        &self,
        key: &InteractionKey,
        lead_id: &str,
        outcome: Outcome,
        at: Timestamp,
    ) -> Result<bool, StoreUnavailable>;

    /// The lead as it stands.
    async fn lead(&self, key: &InteractionKey) -> Result<Option<LeadRecord>, StoreUnavailable>;
}

/// Leads and outcomes that the workflow parked.
#[async_trait]
pub trait ParkedRecords: Send + Sync {
    /// All that is parked.
    async fn all(&self) -> Result<Vec<Parked>, StoreUnavailable>;

    /// What is parked of an interaction.
    async fn of(&self, key: &InteractionKey) -> Result<Vec<Parked>, StoreUnavailable>;

    /// Forgets a parked item, because it has been replayed. `false` where it is not there any more, or was
    /// parked again meanwhile, which stays.
    async fn replayed(&self, parked: &Parked) -> Result<bool, StoreUnavailable>;
}

/// What Connect takes from us: over it, it gives callers a busy tone, not us an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceLimits {
    /// Requests in one second.
    pub requests_per_second: u32,
    /// Calls at the same time.
    pub concurrent_calls: u32,
    /// How long a call counts where nobody says that it ended.
    pub longest_call: SignedDuration,
}

/// What the pace answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// Go on.
    Taken,
    /// This second is full.
    TooFast,
    /// As many calls are going on as Connect carries.
    TooMany,
}

/// The pace of the calls, counted for all handlers together.
#[async_trait]
pub trait Pace: Send + Sync {
    /// Takes a request of this second and a place among the calls; a place that is held already
    /// is held on.
    async fn take(&self, key: &AttemptKey, now: Timestamp) -> Result<Slot, StoreUnavailable>;

    /// Gives the place among the calls back.
    async fn release(&self, key: &AttemptKey) -> Result<(), StoreUnavailable>;
}

/// A number that must not be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressedNumber {
    /// Which one.
    pub phone_hash: PhoneHash,
    /// Why, in an operator's words.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// The numbers that must not be called.
#[async_trait]
pub trait SuppressionList: Send + Sync {
    /// Whether the number is on it.
    async fn holds(&self, phone: &PhoneHash) -> Result<bool, StoreUnavailable>;

    /// Puts a number on it. `false` where it was there: its first reason stays.
    async fn add(&self, number: &SuppressedNumber) -> Result<bool, StoreUnavailable>;

    /// Takes a number off it. `false` where it was not there.
    async fn remove(&self, phone: &PhoneHash) -> Result<bool, StoreUnavailable>;

    /// All of it.
    async fn list(&self) -> Result<Vec<SuppressedNumber>, StoreUnavailable>;
}
