//! One attempt to call a lead: `RESERVED → DIALING → DIALED → ENDED`, or `NOT_PLACED`.

use std::fmt;

use definitions::contract::{
    CallOutcome, CallbackToken, InteractionKey, InvokeOutboundCallError, Scenario,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{PhoneHash, phone_hash::hex};

/// Which attempt: what a ring is counted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AttemptKey {
    /// The key of the pipeline.
    pub interaction_key: InteractionKey,
    /// From 1.
    pub attempt: u32,
}

/// The text is no attempt's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the key of an attempt; expected an interaction key, `#` and a number")]
pub struct InvalidAttemptKey;

impl AttemptKey {
    /// Connect's `ClientToken` of this attempt. It never changes: with it a request can be sent
    /// again without a second ring.
    pub fn client_token(&self) -> String {
        hex(&Sha256::digest(self.to_string()))
    }
}

impl fmt::Display for AttemptKey {
    /// An interaction key has no `#`, so no two attempts share a text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.interaction_key, self.attempt)
    }
}

impl std::str::FromStr for AttemptKey {
    type Err = InvalidAttemptKey;

    fn from_str(text: &str) -> Result<Self, InvalidAttemptKey> {
        let (key, attempt) = text.split_once('#').ok_or(InvalidAttemptKey)?;
        Ok(Self {
            interaction_key: key.parse().map_err(|_| InvalidAttemptKey)?,
            attempt: attempt.parse().map_err(|_| InvalidAttemptKey)?,
        })
    }
}

/// How far an attempt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptState {
    /// It is ours to place. Connect may just be asked.
    Reserved,
    /// Connect was asked; whether it rang is not known.
    Dialing,
    /// Connect gave it a contact.
    Dialed,
    /// The contact has ended.
    Ended,
    /// It was refused, and will not be placed.
    NotPlaced,
}

impl AttemptState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Reserved, Self::Dialing, Self::Dialed, Self::Ended, Self::NotPlaced];

    /// As the table has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "RESERVED",
            Self::Dialing => "DIALING",
            Self::Dialed => "DIALED",
            Self::Ended => "ENDED",
            Self::NotPlaced => "NOT_PLACED",
        }
    }
}

/// Why an attempt was not placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The error that the step ended with.
    pub error: InvokeOutboundCallError,
    /// For a person, without personal data.
    pub cause: String,
}

/// An attempt that is to be reserved.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAttempt {
    /// Which one.
    pub key: AttemptKey,
    /// The lead in Salesforce.
    pub lead_id: String,
    /// What the call is about.
    pub scenario: Scenario,
    /// Who waits for its end.
    pub task_token: CallbackToken,
    /// Whom it calls.
    pub phone_hash: PhoneHash,
    /// Whether it certainly will not be dialled before it is looked at again.
    pub waiting: bool,
    /// Now.
    pub reserved_at: Timestamp,
    /// When the sweeper is to look at it.
    pub due_at: Timestamp,
}

/// An attempt as it stands in the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    /// Which one.
    pub key: AttemptKey,
    /// How far it is.
    pub state: AttemptState,
    /// The lead in Salesforce.
    pub lead_id: String,
    /// What the call is about.
    pub scenario: Scenario,
    /// Who waits for its end: the token that came last.
    pub task_token: CallbackToken,
    /// Whom it calls.
    pub phone_hash: PhoneHash,
    /// Connect has certainly not been asked yet.
    pub waiting: bool,
    /// Since when it is ours to place.
    pub reserved_at: Timestamp,
    /// The contact in Connect, once there is one.
    pub contact_id: Option<String>,
    /// How it ended.
    pub outcome: Option<CallOutcome>,
    /// Why it was not placed.
    pub refusal: Option<Refusal>,
    /// When the sweeper is to look at it; `None` once its token has been answered.
    pub due_at: Option<Timestamp>,
}

/// What a reservation found.
#[derive(Debug, Clone, PartialEq)]
pub enum Reserved {
    /// Nothing: the attempt is new, and ours.
    New,
    /// The attempt, made before.
    Existing(Box<Attempt>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_token_is_of_the_key_and_the_attempt() {
        let key: AttemptKey = "3f0c#1".parse().unwrap();
        let other: AttemptKey = "3f0c#2".parse().unwrap();
        assert_eq!(key.client_token(), key.clone().client_token());
        assert_eq!(key.client_token().len(), 64);
        assert_ne!(key.client_token(), other.client_token());
    }

    #[test]
    fn a_key_of_an_attempt_is_read_as_it_is_written() {
        let check = |text: &str, good: bool| {
            let key = text.parse::<AttemptKey>();
            assert_eq!(key.is_ok(), good, "{text}");
            assert!(key.is_err() || key.unwrap().to_string() == text);
        };
        check("3f0c#1", true);
        check("3f0c", false);
        check("#1", false);
        check("a#b#1", false);
        check("a#-1", false);
    }
}
