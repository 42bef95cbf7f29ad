//! How a call went, out of how its contact ended (facts: Connect's disconnect reasons,
//! answering-machine statuses and timestamps).

use definitions::contract::{CallOutcome, Outcome};

use crate::records::EndedContact;

/// The contact attribute by which the flow may say that a machine answered: `VOICEMAIL`, or a
/// person: `ANSWERED`. Other values say nothing.
pub const FLOW_OUTCOME_ATTRIBUTE: &str = "callOutcome";

/// More of Connect's word than this serves nobody.
const LONGEST_REASON: usize = 100;

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// Connect's reasons for the end of a voice contact.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum DisconnectReason {
            $($(#[$doc])* $name,)+
            /// A reason that is newer than this list.
            Unknown(String),
        }

        impl From<&str> for DisconnectReason {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }
    };
}

reasons! {
    /// The person hung up.
    CustomerDisconnect = "CUSTOMER_DISCONNECT",
    /// An agent hung up.
    AgentDisconnect = "AGENT_DISCONNECT",
    /// A third party hung up.
    ThirdPartyDisconnect = "THIRD_PARTY_DISCONNECT",
    /// The flow hung up.
    ContactFlowDisconnect = "CONTACT_FLOW_DISCONNECT",
    /// The network had a problem.
    TelecomProblem = "TELECOM_PROBLEM",
    /// The line was busy.
    TelecomBusy = "TELECOM_BUSY",
    /// There is no such number.
    TelecomNumberInvalid = "TELECOM_NUMBER_INVALID",
    /// A carrier may have blocked the call.
    TelecomPotentialBlocking = "TELECOM_POTENTIAL_BLOCKING",
    /// Nobody answered.
    TelecomUnanswered = "TELECOM_UNANSWERED",
    /// It rang for too long.
    TelecomTimeout = "TELECOM_TIMEOUT",
    /// The caller's side stopped ringing.
    TelecomOriginatorCancel = "TELECOM_ORIGINATOR_CANCEL",
    /// The person never came.
    CustomerNeverArrived = "CUSTOMER_NEVER_ARRIVED",
    /// A manager took over.
    Barged = "BARGED",
    /// The contact was too old.
    Expired = "EXPIRED",
    /// Something else.
    Other = "OTHER",
    /// The destination failed.
    OutboundDestinationEndpointError = "OUTBOUND_DESTINATION_ENDPOINT_ERROR",
    /// Connect lacked something.
    OutboundResourceError = "OUTBOUND_RESOURCE_ERROR",
    /// The attempt failed.
    OutboundAttemptFailed = "OUTBOUND_ATTEMPT_FAILED",
}

/// The callback of an attempt whose contact has ended.
pub fn outcome_of(contact_id: &str, end: &EndedContact) -> CallOutcome {
    let talk_seconds = match (end.connected_at, end.ended_at) {
        (Some(from), Some(to)) => u32::try_from(to.duration_since(from).as_secs()).ok(),
        _ => None,
    };
    CallOutcome {
        outcome: outcome(end),
        contact_id: Some(contact_id.to_owned()),
        disconnect_reason: end
            .disconnect_reason
            .as_ref()
            .map(|reason| reason.chars().take(LONGEST_REASON).collect()),
        connected_at: end.connected_at.map(|at| at.to_string()),
        ended_at: end.ended_at.map(|at| at.to_string()),
        talk_seconds,
    }
}

/// The callback of an attempt of which nobody knows how it went.
pub fn unknown_outcome(contact_id: Option<&str>, reason: &str) -> CallOutcome {
    CallOutcome {
        outcome: Outcome::Unknown,
        contact_id: contact_id.map(str::to_owned),
        disconnect_reason: Some(reason.to_owned()),
        connected_at: None,
        ended_at: None,
        talk_seconds: None,
    }
}

fn outcome(end: &EndedContact) -> Outcome {
    if let Some(outcome) = end.machine_detection.as_deref().and_then(by_machine_detection) {
        return outcome;
    }
    match (end.connected_at, end.flow_outcome.as_deref()) {
        (Some(_), Some("VOICEMAIL")) => Outcome::Voicemail,
        (Some(_), _) => Outcome::Answered,
        (None, _) => end.disconnect_reason.as_deref().map_or(Outcome::Unknown, by_reason),
    }
}

/// Where the detection found nothing certain, the rest decides.
fn by_machine_detection(status: &str) -> Option<Outcome> {
    match status {
        "HUMAN_ANSWERED" => Some(Outcome::Answered),
        "VOICEMAIL_BEEP" | "VOICEMAIL_NO_BEEP" => Some(Outcome::Voicemail),
        "SIT_TONE_BUSY" => Some(Outcome::Busy),
        "SIT_TONE_DETECTED" | "SIT_TONE_INVALID_NUMBER" | "FAX_MACHINE_DETECTED" => {
            Some(Outcome::Failed)
        }
        "AMD_UNANSWERED" => Some(Outcome::NoAnswer),
        _ => None,
    }
}

/// Of a call that nobody took.
fn by_reason(reason: &str) -> Outcome {
    match DisconnectReason::from(reason) {
        DisconnectReason::TelecomBusy => Outcome::Busy,
        DisconnectReason::TelecomUnanswered
        | DisconnectReason::TelecomTimeout
        | DisconnectReason::TelecomOriginatorCancel
        | DisconnectReason::CustomerNeverArrived
        | DisconnectReason::CustomerDisconnect => Outcome::NoAnswer,
        DisconnectReason::AgentDisconnect
        | DisconnectReason::ThirdPartyDisconnect
        | DisconnectReason::ContactFlowDisconnect
        | DisconnectReason::TelecomProblem
        | DisconnectReason::TelecomNumberInvalid
        | DisconnectReason::TelecomPotentialBlocking
        | DisconnectReason::Barged
        | DisconnectReason::Expired
        | DisconnectReason::Other
        | DisconnectReason::OutboundDestinationEndpointError
        | DisconnectReason::OutboundResourceError
        | DisconnectReason::OutboundAttemptFailed => Outcome::Failed,
        DisconnectReason::Unknown(_) => Outcome::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_call_went_as_detection_connection_flow_and_reason_say_in_that_order() {
        let check = |reason: Option<&str>,
                     connected: bool,
                     machine: Option<&str>,
                     flow: Option<&str>,
                     expected| {
            let end = EndedContact {
                disconnect_reason: reason.map(str::to_owned),
                connected_at: connected.then(|| Timestamp::from_second(100).unwrap()),
                ended_at: Some(Timestamp::from_second(163).unwrap()),
                machine_detection: machine.map(str::to_owned),
                flow_outcome: flow.map(str::to_owned),
                described: true,
            };
            assert_eq!(outcome_of("c", &end).outcome, expected, "{end:?}");
        };
        check(Some("CUSTOMER_DISCONNECT"), true, None, None, Outcome::Answered);
        check(Some("CONTACT_FLOW_DISCONNECT"), true, None, Some("VOICEMAIL"), Outcome::Voicemail);
        check(Some("TELECOM_PROBLEM"), true, None, Some("nonsense"), Outcome::Answered);
        check(None, true, None, None, Outcome::Answered);
        check(None, true, Some("VOICEMAIL_BEEP"), None, Outcome::Voicemail);
        check(None, true, Some("AMD_UNRESOLVED"), None, Outcome::Answered);
        check(None, false, Some("SIT_TONE_BUSY"), None, Outcome::Busy);
        check(Some("TELECOM_BUSY"), false, None, None, Outcome::Busy);
        check(Some("TELECOM_UNANSWERED"), false, None, None, Outcome::NoAnswer);
        check(Some("TELECOM_NUMBER_INVALID"), false, None, None, Outcome::Failed);
        check(Some("TELECOM_BUSY"), false, None, Some("VOICEMAIL"), Outcome::Busy);
        check(Some("A_NEW_REASON"), false, None, None, Outcome::Unknown);
        check(None, false, None, None, Outcome::Unknown);
    }

    #[test]
    fn talk_time_is_from_the_answer_to_the_end_and_never_negative() {
        let check = |from: i64, to: i64, expected| {
            let end = EndedContact {
                connected_at: Timestamp::from_second(from).ok(),
                ended_at: Timestamp::from_second(to).ok(),
                ..EndedContact::default()
            };
            assert_eq!(outcome_of("c", &end).talk_seconds, expected);
        };
        check(100, 163, Some(63));
        check(163, 100, None);
    }
}
