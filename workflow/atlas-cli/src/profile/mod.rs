//! Executions and traces, wherever they come from, for `atlas profile`.

mod recorded;

mod files;

mod local;

pub(crate) use self::{files::read, local::run, recorded::Recorded};
