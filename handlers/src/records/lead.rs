//! The lead's own item: `CREATED → REPORTED`.

use definitions::contract::{InteractionKey, Outcome};
use jiff::Timestamp;

use super::{EmailHash, PhoneHash};

/// How far a lead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeadState {
    /// It came in.
    Created,
    /// Salesforce knows how its call went.
    Reported,
}

impl LeadState {
    /// As the table has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "CREATED",
            Self::Reported => "REPORTED",
        }
    }
}

/// A lead as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRecord {
    /// The key of the pipeline.
    pub interaction_key: InteractionKey,
    /// How far it is.
    pub state: LeadState,
    /// Where it comes from.
    pub source: String,
    /// Whom it is about.
    pub phone_hash: PhoneHash,
    /// Their address; leads that were written before it was kept have none.
    pub email_hash: Option<EmailHash>,
    /// When it came in.
    pub created_at: Timestamp,
    /// Its id in Salesforce, once reported.
    pub lead_id: Option<String>,
    /// How its last call went, once reported.
    pub outcome: Option<Outcome>,
}
