//! What an operator sees in a browser: the page, and the API that it asks.

mod routes;

mod page;

mod session;

mod asked;

mod fault;
mod fields;

mod executions;

mod execution;

mod state;

mod views;

mod events;

mod definition;

mod graph;

mod machines;

mod stuck;

mod pipeline;

mod profile;

mod tasks;

mod erase;

mod stream;

pub use pipeline::{PipelineRecorder, ServiceCall};

pub(crate) use routes::routes;
pub(crate) use stream::Streams;
pub(crate) use views::Views;
