//! The outside services of the lead-to-call workflow, played on loopback over real HTTP: Salesforce,
//! Secrets Manager, Bedrock, Connect, DynamoDB and SQS, behind one base URL.
//!
//! Each refuses what the real service would refuse: signatures, claims and sessions are checked, AWS
//! requests are held to the API models that AWS publishes, DynamoDB expressions are evaluated. Latencies
//! and faults can be set and repeat with their seed; what happened is counted and can be asked for.
//!
//! It knows no other crate of this project, so that it can only agree with us where the services do.
//!
//! ```no_run
//! # async fn show() -> Result<(), Box<dyn std::error::Error>> {
//! use atlas_sandbox::{Latency, Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options { latency: Latency::seed(), ..Options::default() }).await?;
//! println!("{}", sandbox.base_url());
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```

mod options;
mod sandbox;

mod clock;
mod counters;
mod faults;
mod latency;
mod recorder;
mod service;

mod admin;
mod connection;
mod gateway;
mod own_host;
mod reply;
mod route;
mod world;

mod api_model;
mod aws;

mod bedrock;
mod connect;
mod dynamodb;
mod salesforce;
mod secrets_manager;
mod sqs;

mod event_rules;
mod quotas;
mod sts;

#[cfg(test)]
mod tests;

pub use connect::Outcome;
pub use faults::{Fault, FaultError};
pub use latency::{Latency, LatencyError};
pub use options::{
    ConnectOptions, CredentialsKept, FlowState, KeyField, Options, QueueState, SalesforceOptions,
    UpsertAnswer,
};
pub use recorder::{Recorder, ServedCall};
pub use sandbox::{Sandbox, StartError, environment_at, queue_url_at};
pub use service::Service;
