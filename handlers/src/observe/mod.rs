//! What is seen of a running handler: one JSON line per external call, and metrics.
//!
//! ```text
//! observe::call(Service::DynamoDb, "PutItem", Some(&key), client.put_item().send()).await
//! ```
//!
//! No phone number and no e-mail address can get in: a line is made of names that stand in the code,
//! of numbers, of an interaction key and of a [`Code`].

mod call;
mod code;
mod failure;
mod metric;
mod service;
mod sink;

pub use self::{
    call::{Call, ExternalCall, call},
    code::Code,
    failure::Failure,
    metric::{Metric, Unit, metric},
    service::Service,
    sink::{Line, Sink, StandardOutput, inherit, install, scoped},
};
