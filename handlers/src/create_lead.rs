//! `CreateLead`: the lead stands in Salesforce and in the table, both written at once.
//!
//! Delivered twice it does the same: the interaction key is the external id there and the key here.

use std::sync::Arc;

use definitions::contract::{CreateLeadError, CreateLeadInput, CreateLeadOutput};

use crate::{
    clock::Clock,
    raised::Raised,
    records::{LeadRecord, LeadRecords, LeadState, PhoneHashKey, StoreUnavailable},
    salesforce::{Salesforce, SalesforceError, SalesforceErrorKind},
};

/// What it needs.
#[derive(Clone)]
pub struct Deps {
    /// The org.
    pub salesforce: Arc<dyn Salesforce>,
    /// The table.
    pub leads: Arc<dyn LeadRecords>,
    /// How numbers and addresses are known in the table.
    pub phones: PhoneHashKey,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Does the step.
pub async fn run(
    input: CreateLeadInput,
    deps: &Deps,
) -> Result<CreateLeadOutput, Raised<CreateLeadError>> {
    let record = LeadRecord {
        interaction_key: input.interaction_key.clone(),
        state: LeadState::Created,
        source: input.source.clone(),
        phone_hash: deps.phones.hash(&input.lead.phone),
        email_hash: Some(deps.phones.hash_email(&input.lead.email)),
        created_at: deps.clock.now(),
        lead_id: None,
        outcome: None,
    };
    // Both come to their end, also when one fails: neither write is left half done.
    let (upserted, recorded) = tokio::join!(
        deps.salesforce.upsert_lead(&input.interaction_key, &input.lead, &input.source),
        deps.leads.create(&record),
    );
    let upserted = upserted.map_err(from_salesforce)?;
    recorded.map_err(from_store)?;
    Ok(CreateLeadOutput { lead_id: upserted.lead_id, created: upserted.created })
}

fn from_salesforce(error: SalesforceError) -> Raised<CreateLeadError> {
    let name = match error.kind {
        SalesforceErrorKind::SecretsUnavailable => CreateLeadError::SecretsUnavailable,
        SalesforceErrorKind::AuthFailed => CreateLeadError::AuthFailed,
        SalesforceErrorKind::Throttled => CreateLeadError::Throttled,
        SalesforceErrorKind::Unavailable => CreateLeadError::Unavailable,
        SalesforceErrorKind::Rejected => CreateLeadError::Rejected,
    };
    Raised::new(name, error.cause)
}

fn from_store(error: StoreUnavailable) -> Raised<CreateLeadError> {
    Raised::new(CreateLeadError::StoreUnavailable, error.cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        functions::FunctionError,
        testing::{
            LeadsInMemory, SetClock, StubSalesforce, create_lead_input, phone_hash_key,
            salesforce_error,
        },
    };

    fn deps(salesforce: &Arc<StubSalesforce>, leads: &Arc<LeadsInMemory>) -> Deps {
        Deps {
            salesforce: salesforce.clone(),
            leads: leads.clone(),
            phones: phone_hash_key(),
            clock: Arc::<SetClock>::default(),
        }
    }

    #[tokio::test]
    async fn a_lead_that_comes_twice_is_created_once() {
        let (salesforce, leads) = (Arc::<StubSalesforce>::default(), Arc::default());
        let deps = deps(&salesforce, &leads);
        let first = run(create_lead_input(), &deps).await.unwrap();
        let second = run(create_lead_input(), &deps).await.unwrap();
        assert_eq!((first.created, second.created), (true, false));
        assert_eq!(first.lead_id, second.lead_id);
        let records = leads.all();
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].state, LeadState::Created);
        assert!(!format!("{records:?}").contains("4155550123"));
    }

    #[tokio::test]
    async fn each_failure_is_raised_under_its_contract_name() {
        let check = async |kind: Option<SalesforceErrorKind>, store_down: bool, name: &str| {
            let (salesforce, leads) = (Arc::<StubSalesforce>::default(), Arc::default());
            let deps = deps(&salesforce, &leads);
            salesforce.fail(kind.map(salesforce_error));
            leads.fail(store_down);
            let raised = run(create_lead_input(), &deps).await.unwrap_err();
            assert_eq!(FunctionError::from(raised).error_type, name);
            // The other write was made all the same.
            assert_eq!(leads.all().len(), usize::from(!store_down));
        };
        use SalesforceErrorKind as Kind;
        check(Some(Kind::SecretsUnavailable), false, "Secrets.Unavailable").await;
        check(Some(Kind::AuthFailed), false, "Salesforce.AuthFailed").await;
        check(Some(Kind::Throttled), false, "Salesforce.Throttled").await;
        check(Some(Kind::Unavailable), false, "Salesforce.Unavailable").await;
        check(Some(Kind::Rejected), false, "Salesforce.Rejected").await;
        check(None, true, "Store.Unavailable").await;
        check(Some(Kind::Rejected), true, "Salesforce.Rejected").await;
    }
}
