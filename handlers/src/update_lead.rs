//! `UpdateLead`: the lead learns how its call went.
//!
//! Salesforce first, then the table: what stands there as `REPORTED` has been reported. Delivered
//! twice it writes the same.

use std::sync::Arc;

use definitions::contract::{Outcome, UpdateLeadError, UpdateLeadInput, UpdateLeadOutput};

use crate::{
    clock::Clock,
    raised::Raised,
    records::{LeadRecords, StoreUnavailable},
    salesforce::{OutcomeReport, Salesforce, SalesforceError, SalesforceErrorKind, is_record_id},
};

/// What it needs.
#[derive(Clone)]
pub struct Deps {
    /// The org.
    pub salesforce: Arc<dyn Salesforce>,
    /// The table.
    pub leads: Arc<dyn LeadRecords>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Does the step.
pub async fn run(
    input: UpdateLeadInput,
    deps: &Deps,
) -> Result<UpdateLeadOutput, Raised<UpdateLeadError>> {
    if !is_record_id(&input.lead_id) {
        return Err(Raised::new(
            UpdateLeadError::InputInvalid,
            "`leadId` is no id of Salesforce; expected 15 or 18 letters and digits",
        ));
    }
    let status = status_after(input.outcome);
    let report = OutcomeReport { call: &input, status };
    deps.salesforce.report_outcome(report).await.map_err(from_salesforce)?;
    // A lead whose item has aged out, or was reported before, needs nothing more.
    deps.leads
        .report(&input.interaction_key, &input.lead_id, input.outcome, deps.clock.now())
        .await
        .map_err(from_store)?;
    Ok(UpdateLeadOutput { lead_id: input.lead_id, status: status.to_owned() })
}

/// The status that a lead has after its call.
fn status_after(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "Working - Contacted",
        Outcome::Voicemail => "Working - Voicemail",
        Outcome::NoAnswer | Outcome::Busy => "Open - Not Reached",
        Outcome::Failed => "Open - Call Failed",
        Outcome::NotPlaced => "Open - Not Called",
        Outcome::Unknown => "Open - Outcome Unknown",
    }
}

fn from_salesforce(error: SalesforceError) -> Raised<UpdateLeadError> {
    let name = match error.kind {
        SalesforceErrorKind::SecretsUnavailable => UpdateLeadError::SecretsUnavailable,
        SalesforceErrorKind::AuthFailed => UpdateLeadError::AuthFailed,
        SalesforceErrorKind::Throttled => UpdateLeadError::Throttled,
        SalesforceErrorKind::Unavailable => UpdateLeadError::Unavailable,
        SalesforceErrorKind::Rejected => UpdateLeadError::Rejected,
    };
    Raised::new(name, error.cause)
}

fn from_store(error: StoreUnavailable) -> Raised<UpdateLeadError> {
    Raised::new(UpdateLeadError::StoreUnavailable, error.cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        create_lead,
        functions::FunctionError,
        records::LeadState,
        testing::{
            LeadsInMemory, SetClock, StubSalesforce, create_lead_input, outcome, phone_hash_key,
            salesforce_error,
        },
    };

    fn deps(salesforce: &Arc<StubSalesforce>, leads: &Arc<LeadsInMemory>) -> Deps {
        let clock = Arc::<SetClock>::default();
        Deps { salesforce: salesforce.clone(), leads: leads.clone(), clock }
    }

    #[tokio::test]
    async fn an_outcome_is_reported_and_then_noted_also_twice() {
        let (salesforce, leads) = (Arc::<StubSalesforce>::default(), Arc::default());
        let deps = deps(&salesforce, &leads);
        let create = create_lead::Deps {
            salesforce: deps.salesforce.clone(),
            leads: deps.leads.clone(),
            phones: phone_hash_key(),
            clock: deps.clock.clone(),
        };
        create_lead::run(create_lead_input(), &create).await.unwrap();
        for _ in 0..2 {
            let output = run(outcome(), &deps).await.unwrap();
            assert_eq!(output.status, "Working - Contacted");
            assert_eq!(leads.all()[0].state, LeadState::Reported);
            assert_eq!(leads.all()[0].lead_id.as_deref(), Some("00Q5e00000ADA01EXA"));
        }
    }

    #[tokio::test]
    async fn what_salesforce_refused_is_not_noted_as_reported() {
        let check = async |kind: Option<SalesforceErrorKind>, store_down: bool, name: &str| {
            let (salesforce, leads) = (Arc::<StubSalesforce>::default(), Arc::default());
            salesforce.fail(kind.map(salesforce_error));
            let deps = deps(&salesforce, &leads);
            leads.fail(store_down);
            let raised = run(outcome(), &deps).await.unwrap_err();
            assert_eq!(FunctionError::from(raised).error_type, name);
            assert_eq!(leads.reports(), u32::from(kind.is_none()));
        };
        use SalesforceErrorKind as Kind;
        check(Some(Kind::SecretsUnavailable), false, "Secrets.Unavailable").await;
        check(Some(Kind::AuthFailed), false, "Salesforce.AuthFailed").await;
        check(Some(Kind::Throttled), false, "Salesforce.Throttled").await;
        check(Some(Kind::Unavailable), false, "Salesforce.Unavailable").await;
        check(Some(Kind::Rejected), false, "Salesforce.Rejected").await;
        check(None, true, "Store.Unavailable").await;
    }

    #[tokio::test]
    async fn an_id_that_would_lead_elsewhere_is_refused() {
        for lead_id in ["", "../Account/001000000000001", "00Q5e00000ADA01EX?", "00Q"] {
            let deps = deps(&Arc::default(), &Arc::default());
            let input = UpdateLeadInput { lead_id: lead_id.to_owned(), ..outcome() };
            let raised = run(input, &deps).await.unwrap_err();
            assert_eq!(raised.error, UpdateLeadError::InputInvalid, "{lead_id}");
        }
    }

    #[test]
    fn every_outcome_has_a_status_that_a_template_of_the_definitions_knows() {
        assert_eq!(status_after(Outcome::Answered), "Working - Contacted");
        assert_eq!(status_after(Outcome::NotPlaced), "Open - Not Called");
        assert_eq!(status_after(Outcome::Unknown), "Open - Outcome Unknown");
    }
}
