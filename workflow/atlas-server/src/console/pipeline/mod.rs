//! How the pipeline does: what ended how, and how long executions, states and calls to services took, over
//! the last hour. It is kept in memory, in a bounded amount of it, whatever runs.

mod spread;

mod series;

mod recorder;

mod report;

mod route;

pub use recorder::{PipelineRecorder, ServiceCall};
pub(super) use route::show;
