//! The deployment to AWS: one SAM template, made of the definitions and of what the functions declare.
//!
//! Texts out of data: no async, no files, no network. What a role may do is derived (`roles`), never written down
//! a second time; what a role does is compared with recorded calls (`access`).

mod arn;
mod template;
mod yaml;

mod parameters;

mod machines;

mod functions;
mod variables;

mod log_groups;

mod roles;

mod events;
mod queues;
mod secrets;
mod tables;

mod alarms;
mod dashboard;
mod outputs;

pub mod access;

pub use self::{
    arn::name_in,
    log_groups::log_groups,
    template::{TEMPLATE_FILE, files, template},
    yaml::{render, without_comments},
};
