//! Executions and traces, wherever they come from, for `atlas profile`.

mod recorded;

mod files;

mod local;

mod served;

pub(crate) use self::{files::read, local::run, recorded::Recorded, served::read as read_served};
