//! What is seen of a running handler: one JSON line per external call, metrics, warnings, and spans.
//!
//! AWS's clients are seen by an interceptor (`AwsCalls`), Salesforce by a [`Call`]:
//!
//! ```text
//! Call::new(Service::Salesforce, "UpsertLead").attempt(2).run(send(request)).await
//! ```
//!
//! No phone number and no e-mail address can get in: a line is made of names that stand in the code,
//! of numbers, of an interaction key and of a [`Code`].

mod aws_calls;
mod call;
mod code;
mod context;
mod export;
mod failure;
mod metric;
mod service;
mod sink;
mod trace;
mod warning;

pub(crate) use self::{
    aws_calls::AwsCalls,
    call::OpenCall,
    context::{beside, traced},
    export::Exporter,
    trace::Trace,
};
pub use self::{
    call::{Call, ExternalCall},
    code::Code,
    context::{about, called_by, inherit, scoped},
    failure::Failure,
    metric::{Metric, Unit, count, metric},
    service::Service,
    sink::{Line, Sink, StandardOutput, install},
    trace::{SpanId, TraceId, TraceParent},
    warning::{Warning, warn},
};
