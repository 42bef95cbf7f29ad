//! The torture of the durable engine: clients load a server that is killed and whose disk fails, and what
//! they remember is held against what the server tells in the end.

mod chance;

mod shape;

mod records;

mod api;

mod starter;

mod tasks;

mod listener;

mod keeper;

mod testimony;

mod history_check;

mod verdict;

mod round;

pub(crate) use self::round::{Outcome, Plan, Round};
