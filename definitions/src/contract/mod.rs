//! The contract: what each step takes, gives and can raise. It joins the machines, which call by it,
//! and the handlers, which implement it.

mod create_lead;
mod generate_scenario;
mod invoke_outbound_call;
mod update_lead;

mod intake;
mod machines;
mod scenario;

mod handlers;
mod intake_check;
mod intake_schema;
mod interaction_key;
pub mod patterns;
mod personal;

pub mod error_names;
pub mod records;
pub mod response_cache;

use atlas_asl::builder::{ErrorNames, Step};

pub use self::{
    create_lead::{
        CreateLead, CreateLeadArguments, CreateLeadError, CreateLeadInput, CreateLeadOutput,
        CreateLeadOutputArguments,
    },
    generate_scenario::{
        CallLocale, CallLocaleArguments, GenerateScenario, GenerateScenarioArguments,
        GenerateScenarioError, GenerateScenarioInput, GenerateScenarioOutput,
        GenerateScenarioOutputArguments,
    },
    handlers::Handlers,
    intake::{
        CallPreferences, CallPreferencesArguments, Consent, ConsentArguments, Intake,
        IntakeArguments, Lead, LeadArguments,
    },
    intake_check::{InvalidField, MAX_ATTEMPTS},
    interaction_key::{InteractionKey, InvalidInteractionKey},
    invoke_outbound_call::{
        CallOutcome, CallOutcomeArguments, CallbackToken, Callee, CalleeArguments,
        InvokeOutboundCall, InvokeOutboundCallArguments, InvokeOutboundCallError,
        InvokeOutboundCallInput, Outcome,
    },
    machines::{
        CallContext, CallContextArguments, CallReport, CallReportArguments, CallRequest,
        CallRequestArguments, CallWorkflow, LeadReport, LeadReportArguments, ScenarioOrigin,
        ScenarioOriginArguments,
    },
    personal::{EmailAddress, InvalidEmailAddress, InvalidPhoneNumber, PhoneNumber},
    scenario::{Origin, Scenario, ScenarioArguments, Tone},
    update_lead::{
        CallReference, CallReferenceArguments, UpdateLead, UpdateLeadArguments, UpdateLeadError,
        UpdateLeadInput, UpdateLeadOutput, UpdateLeadOutputArguments,
    },
};

/// What each handler can raise, by its deployed name.
pub const ERRORS: [(&str, &[&str]); 4] = [
    (CreateLead::HANDLER, CreateLeadError::NAMES),
    (GenerateScenario::HANDLER, GenerateScenarioError::NAMES),
    (InvokeOutboundCall::HANDLER, InvokeOutboundCallError::NAMES),
    (UpdateLead::HANDLER, UpdateLeadError::NAMES),
];

#[cfg(test)]
mod tests {
    use super::{ERRORS, error_names};

    #[test]
    fn every_error_of_a_step_is_in_the_list_and_every_name_is_some_steps() {
        for (handler, names) in ERRORS {
            for name in names {
                assert!(error_names::ALL.contains(name), "{handler} raises {name}");
            }
        }
        for name in error_names::ALL {
            assert!(ERRORS.iter().any(|(_, names)| names.contains(&name)), "nobody raises {name}");
        }
    }
}
