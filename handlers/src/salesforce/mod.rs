//! Salesforce: a thin client of ours for the JWT bearer flow and for the two things that we ask.
//!
//! It logs in once for all that ask, uses the session until shortly before it ages out, tries once
//! more where a session has ended, and never sends a POST twice.

mod error;
mod port;

mod origin;
mod refusal;
mod transport;

mod login;
mod session;

mod client;
mod composite;
mod lead_fields;

#[cfg(test)]
mod against_a_peer;
#[cfg(test)]
mod against_the_sandbox;

pub(crate) use self::{client::is_record_id, origin::is_safe_origin};
pub use self::{
    client::{SalesforceClient, Settings},
    error::{SalesforceError, SalesforceErrorKind},
    lead_fields::{EXTERNAL_ID, WRITTEN_FIELDS},
    login::{UnusableKey, assertion, token_request},
    port::{OutcomeReport, Salesforce, UpsertedLead},
    transport::Timeouts,
};
