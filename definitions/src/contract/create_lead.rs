//! `CreateLead`: the lead stands in Salesforce and in the table.

use atlas_asl::builder::{Step, raises, shape};

use super::{InteractionKey, Lead, error_names};

/// Upserts the lead by its interaction key.
#[derive(Debug, Clone, Copy)]
pub struct CreateLead;

impl Step for CreateLead {
    const HANDLER: &'static str = "CreateLeadHandler";
    type Input = CreateLeadInput;
    type Output = CreateLeadOutput;
    type Error = CreateLeadError;
}

shape! {
    /// What it takes.
    pub struct CreateLeadInput, CreateLeadArguments {
        /// The external id of the lead.
        pub interaction_key: InteractionKey,
        /// The lead, with the fields that we do not know.
        pub lead: Lead,
        /// Where it comes from.
        pub source: String,
    }
}

shape! {
    /// What it gives.
    pub struct CreateLeadOutput, CreateLeadOutputArguments {
        /// The id of the lead in Salesforce.
        pub lead_id: String,
        /// Whether it is new.
        pub created: bool,
    }
}

raises! {
    /// What it can raise.
    pub enum CreateLeadError {
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
        /// Salesforce refused the lead.
        Rejected = error_names::SALESFORCE_REJECTED,
        /// DynamoDB did not answer.
        StoreUnavailable = error_names::STORE_UNAVAILABLE,
    }
}
