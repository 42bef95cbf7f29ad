//! How a contact ended, as an event or Connect itself tells it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The end of a contact. It is kept where it comes before its attempt knows the contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndedContact {
    /// Connect's word for it; an event may leave it out.
    pub disconnect_reason: Option<String>,
    /// When somebody or something answered.
    pub connected_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// What answering-machine detection found, where it is on.
    pub machine_detection: Option<String>,
    /// What the contact flow says of the call, where it says something.
    pub flow_outcome: Option<String>,
    /// Whether Connect was asked, so that nothing more is to be learnt.
    pub described: bool,
}

impl EndedContact {
    /// Whether asking Connect would tell nothing more.
    pub fn tells_all(&self) -> bool {
        let of_answered = self.machine_detection.is_some() || self.flow_outcome.is_some();
        self.described
            || (self.disconnect_reason.is_some() && (self.connected_at.is_none() || of_answered))
    }

    /// What this says, and what the other says besides.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            disconnect_reason: self.disconnect_reason.or(other.disconnect_reason),
            connected_at: self.connected_at.or(other.connected_at),
            ended_at: self.ended_at.or(other.ended_at),
            machine_detection: self.machine_detection.or(other.machine_detection),
            flow_outcome: self.flow_outcome.or(other.flow_outcome),
            described: self.described || other.described,
        }
    }
}
