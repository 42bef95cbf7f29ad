//! Functions that are binaries of their own and speak the Lambda Runtime API.

mod settings;

mod variables;

mod pool;

mod environment;

mod runtime_api;

mod link;

mod process;

mod output;

pub(crate) use pool::Pool;
pub use settings::{BinarySettings, OutputLine, Sink, Stream};
