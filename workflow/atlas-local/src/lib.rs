//! The whole workflow on this machine: the two machines, their real handlers, and a sandbox of the
//! services outside, wired as a deployment on AWS is.
//!
//! The engine serves the Step Functions API on loopback, because handlers answer task tokens over it.
//! Queues and schedules start the handlers that they start on AWS. No command line, nothing on stdout.
//!
//! ```no_run
//! # async fn show() -> Result<(), Box<dyn std::error::Error>> {
//! use atlas_local::{Deployment, Setup};
//!
//! let deployment = Deployment::start(Setup::default()).await?;
//! let engine = deployment.engine();
//! # let _ = engine;
//! deployment.stop().await;
//! # Ok(())
//! # }
//! ```

mod deployment;

mod setup;

mod start_error;

mod machines;

mod start_forms;

mod functions;

mod call_log;

mod external_call;

mod trace_log;

mod event_queue;

mod late_runner;

pub mod outside_services;

mod misconfiguration;

mod task_services;

mod variables;

pub use self::{
    call_log::CallLog,
    deployment::{Deployment, near},
    external_call::ExternalCall,
    misconfiguration::{Misconfiguration, UnknownMisconfiguration},
    setup::{Code, LEAD_HANDLERS, Services, Setup},
    start_error::StartError,
    task_services::task_services,
    trace_log::TraceLog,
};
