//! What functions do here, as a trace: each invocation with its environment, its cold start and its calls, in the
//! documents of AWS X-Ray, so that whoever reads those reads these.

mod log;

mod document;

mod environments;

pub(crate) use environments::Environments;
pub use log::TraceLog;
