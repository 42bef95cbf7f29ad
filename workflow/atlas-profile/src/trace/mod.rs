//! Traces: what functions did while they ran, in the documents of AWS X-Ray. A run on this machine writes the
//! same documents.

mod segment;

mod read;

mod invocation;

pub use invocation::{Call, Invocation, Phase};
pub use read::{Trace, UnreadableTrace};
pub use segment::Segment;
