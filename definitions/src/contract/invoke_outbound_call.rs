//! `InvokeOutboundCall`: the phone rings. The step is over when the call is.

use atlas_asl::builder::{CallbackStep, Step, raises, shape, words};

use super::{CallPreferences, Consent, InteractionKey, PhoneNumber, Scenario, error_names};

/// Places one attempt, and waits for the contact event that ends it.
#[derive(Debug, Clone, Copy)]
pub struct InvokeOutboundCall;

impl Step for InvokeOutboundCall {
    const HANDLER: &'static str = "InvokeOutboundCallHandler";
    type Input = InvokeOutboundCallInput;
    type Output = CallOutcome;
    type Error = InvokeOutboundCallError;
}

impl CallbackStep for InvokeOutboundCall {}

shape! {
    /// What it takes.
    pub struct InvokeOutboundCallInput, InvokeOutboundCallArguments {
        /// With the attempt the `ClientToken` and the key of the attempt.
        pub interaction_key: InteractionKey,
        /// The lead in Salesforce.
        pub lead_id: String,
        /// What the call is about.
        pub scenario: Scenario,
        /// Whom to call.
        pub lead: Callee,
        /// How they may be called.
        pub call: CallPreferences,
        /// What they agreed to.
        pub consent: Consent,
        /// The number to call from, where it is not the handler's own.
        pub caller_id: Option<String>,
        /// Which attempt this is, from 1.
        pub attempt: u32,
        /// Whoever sends it back ends the step.
        pub task_token: CallbackToken,
    }
}

shape! {
    /// The part of the lead that a call needs.
    pub struct Callee, CalleeArguments {
        /// The number to call.
        pub phone: PhoneNumber,
    }
}

shape! {
    /// The callback: how the call went.
    pub struct CallOutcome, CallOutcomeArguments {
        /// How it ended.
        pub outcome: Outcome,
        /// The contact in Connect, where there was one.
        pub contact_id: Option<String>,
        /// Connect's reason, or the error for which there was no call.
        pub disconnect_reason: Option<String>,
        /// When somebody or something answered, RFC 3339.
        pub connected_at: Option<String>,
        /// When it was over, RFC 3339.
        pub ended_at: Option<String>,
        /// How long they spoke.
        pub talk_seconds: Option<u32>,
    }
}

words! {
    /// How a call ended.
    pub enum Outcome {
        /// A person answered.
        Answered = "ANSWERED",
        /// Nobody answered.
        NoAnswer = "NO_ANSWER",
        /// The line was busy.
        Busy = "BUSY",
        /// A machine answered.
        Voicemail = "VOICEMAIL",
        /// The call broke.
        Failed = "FAILED",
        /// It was never placed.
        NotPlaced = "NOT_PLACED",
        /// Nobody knows; such a call is never repeated by itself.
        Unknown = "UNKNOWN",
    }
}

raises! {
    /// What it can raise.
    pub enum InvokeOutboundCallError {
        /// The payload broke the contract.
        InputInvalid = error_names::INPUT_INVALID,
        /// Connect's rate, or our own pace.
        Throttled = error_names::CONNECT_THROTTLED,
        /// Connect did not answer.
        Unavailable = error_names::CONNECT_UNAVAILABLE,
        /// Connect calls no such number.
        DestinationNotAllowed = error_names::CONNECT_DESTINATION_NOT_ALLOWED,
        /// Connect may not call out.
        NotPermitted = error_names::CONNECT_NOT_PERMITTED,
        /// Our own gate refused.
        CallNotAllowed = error_names::CALL_NOT_ALLOWED,
        /// DynamoDB did not answer.
        StoreUnavailable = error_names::STORE_UNAVAILABLE,
    }
}

/// A task token on the wire: whoever holds it can end the step, so no log shows it.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct CallbackToken(Box<str>);

impl CallbackToken {
    /// The token itself: for the call that sends it back, never for a log.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for CallbackToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallbackToken(..)")
    }
}

atlas_asl::scalar!(CallbackToken);
