//! `UpdateLead`: the lead learns how the call went.

use atlas_asl::builder::{MergeOf, Step, raises, shape};

use super::{CallOutcome, InteractionKey, Outcome, error_names};

/// Patches the lead with the outcome.
#[derive(Debug, Clone, Copy)]
pub struct UpdateLead;

impl Step for UpdateLead {
    const HANDLER: &'static str = "UpdateLeadHandler";
    type Input = UpdateLeadInput;
    type Output = UpdateLeadOutput;
    type Error = UpdateLeadError;
}

shape! {
    /// What it takes: which call it was, and the callback's fields beside it.
    pub struct UpdateLeadInput, UpdateLeadArguments {
        /// The external id of the lead.
        pub interaction_key: InteractionKey,
        /// The lead in Salesforce.
        pub lead_id: String,
        /// Which attempt this was, from 1.
        pub attempt: u32,
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

shape! {
    /// Which call an outcome is of.
    pub struct CallReference, CallReferenceArguments {
        /// The external id of the lead.
        pub interaction_key: InteractionKey,
        /// The lead in Salesforce.
        pub lead_id: String,
        /// Which attempt this was, from 1.
        pub attempt: u32,
    }
}

// A callback may leave out what it does not know: only a merge passes that on.
impl MergeOf<CallOutcome, CallReference> for UpdateLeadInput {}

shape! {
    /// What it gives.
    pub struct UpdateLeadOutput, UpdateLeadOutputArguments {
        /// The lead in Salesforce.
        pub lead_id: String,
        /// Its status there.
        pub status: String,
    }
}

raises! {
    /// What it can raise.
    pub enum UpdateLeadError {
        /// The payload broke the contract.
        InputInvalid = error_names::INPUT_INVALID,
        /// Secrets Manager did not answer.
        SecretsUnavailable = error_names::SECRETS_UNAVAILABLE,
        /// Salesforce refused the assertion.
        AuthFailed = error_names::SALESFORCE_AUTH_FAILED,
        /// The org's limit.
        Throttled = error_names::SALESFORCE_THROTTLED,
        /// Salesforce did not answer.
        Unavailable = error_names::SALESFORCE_UNAVAILABLE,
        /// Salesforce refused the change.
        Rejected = error_names::SALESFORCE_REJECTED,
        /// DynamoDB did not answer.
        StoreUnavailable = error_names::STORE_UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_callback_and_a_call_reference_make_an_update() {
        let callback = json!({"outcome": "BUSY", "contactId": "c", "disconnectReason": "TELECOM_BUSY",
            "connectedAt": null, "endedAt": "2026-11-20T17:05:00Z", "talkSeconds": 0});
        let reference = json!({"interactionKey": "k", "leadId": "00Q", "attempt": 1});
        serde_json::from_value::<CallOutcome>(callback.clone()).unwrap();
        serde_json::from_value::<CallReference>(reference.clone()).unwrap();

        let mut merged = callback;
        merged.as_object_mut().unwrap().extend(reference.as_object().unwrap().clone());
        let update: UpdateLeadInput = serde_json::from_value(merged.clone()).unwrap();
        assert_eq!(serde_json::to_value(update).unwrap(), merged);
    }
}
