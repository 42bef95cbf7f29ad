//! What `TestState` asks for beside its state: how the definition, the mock and the context object are
//! read, and how what came of the state is written.

mod definition;

mod mock;

mod integration;

mod response_models;

mod schema;

mod context_object;

mod reader_data;

mod http_exchange;

mod answer;

pub(crate) use answer::{Level, answer};
pub(crate) use context_object::context_object;
pub(crate) use definition::{Tested, tested};
pub(crate) use http_exchange::Secrets;
pub(crate) use mock::{Mode, mock};
pub(crate) use reader_data::items_read;
