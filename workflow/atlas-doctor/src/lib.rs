//! Whether a deployment is right before anybody is called: variables, credentials, the secret, Salesforce,
//! Connect, Bedrock, tables, queues, machines and quotas, and what to do about each thing that is not.
//!
//! It only reads, but for one token of the model's, and never calls a phone. No secret and nothing personal
//! gets into a report. It prints nothing. Each check has a deadline of its own; one that fails hides no other,
//! and what cannot be looked at without it says so.

mod check;
mod finding;
mod report;

mod deployment;
mod examination;
mod no_answer;
mod notes;
mod skew;

mod aws;
mod org;

mod checks;

mod catalogue;

pub use self::{
    catalogue::kinds,
    check::{Check, UnknownCheck},
    deployment::{Deployment, OWN_VARIABLES, Unreadable},
    examination::{ExpectedLeads, NoClient, Settings, examine},
    finding::{Finding, Kind, Severity},
    report::{Examined, Looked, Report},
};
