//! The port: what a call needs of whoever carries it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use definitions::contract::PhoneNumber;

use crate::records::EndedContact;

/// One request to ring. It is the same each time it is sent for an attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboundCall {
    /// Whom to ring.
    pub destination: PhoneNumber,
    /// The number to call from, where it is not the handler's own.
    pub caller_id: Option<String>,
    /// With it, Connect answers a repetition with the first contact, and does not ring again.
    pub client_token: String,
    /// What the contact flow is told.
    pub attributes: BTreeMap<String, String>,
}

/// A contact that was looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contact {
    /// The call goes on.
    Open,
    /// The call is over.
    Ended(EndedContact),
    /// Connect knows no such contact.
    Missing,
}

/// Why there was no answer, or a refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TelephonyError {
    /// It did not ring: too many requests.
    #[error("Connect takes no more requests now")]
    Throttled,
    /// Whether it rang is not known.
    #[error("Connect did not answer: {0}")]
    Unavailable(String),
    /// It did not ring: such numbers are not called.
    #[error("Connect does not call this destination")]
    DestinationNotAllowed,
    /// It did not ring: we may not call out.
    #[error("Connect does not let us call: {0}")]
    NotPermitted(String),
    /// It did not ring: the request is wrong.
    #[error("Connect does not understand the request: {0}")]
    InvalidRequest(String),
}

/// Whoever carries the calls.
#[async_trait]
pub trait Telephony: Send + Sync {
    /// Rings, once per client token; gives the contact's id.
    async fn start_outbound_voice_contact(
        &self,
        call: &OutboundCall,
    ) -> Result<String, TelephonyError>;

    /// Looks a contact up.
    async fn describe_contact(&self, contact_id: &str) -> Result<Contact, TelephonyError>;
}

/// All that is to be known of how a contact ended: an event may leave out the reason, and what the
/// flow says of a call that was answered.
pub async fn all_of(
    contact_id: &str,
    end: EndedContact,
    telephony: &dyn Telephony,
) -> Result<EndedContact, TelephonyError> {
    if end.tells_all() {
        return Ok(end);
    }
    match telephony.describe_contact(contact_id).await? {
        Contact::Ended(described) => Ok(end.or(described)),
        Contact::Open | Contact::Missing => Ok(end),
    }
}
