//! The port: where the network to Salesforce begins.

use async_trait::async_trait;
use definitions::contract::{InteractionKey, Lead, UpdateLeadInput};

use super::SalesforceError;

/// What an upsert gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsertedLead {
    /// The id of the lead.
    pub lead_id: String,
    /// Whether it is new.
    pub created: bool,
}

/// How a call went, for the lead.
#[derive(Debug, Clone, Copy)]
pub struct OutcomeReport<'a> {
    /// The call.
    pub call: &'a UpdateLeadInput,
    /// The status that the lead gets.
    pub status: &'static str,
}

/// What the steps ask of Salesforce.
#[async_trait]
pub trait Salesforce: Send + Sync {
    /// Creates the lead of this key, or updates it.
    async fn upsert_lead(
        &self,
        key: &InteractionKey,
        lead: &Lead,
        source: &str,
    ) -> Result<UpsertedLead, SalesforceError>;

    /// Writes the outcome to the lead.
    async fn report_outcome(&self, report: OutcomeReport<'_>) -> Result<(), SalesforceError>;
}
