//! What an operator sees of an execution: made from the events of its history and its definition,
//! whoever served them.
//!
//! Nothing here asks anybody for anything: no async, clock, I/O, and no engine. So the command line, the
//! console and the profile say the same of the same execution, on AWS and here.

mod event;
mod history;
mod told;

pub mod view;

pub mod data;

pub mod diff;

pub mod masking;

pub mod graph;

pub mod label;

pub use data::data_steps;
pub use event::{Event, UnreadableEvent};
pub use history::History;
pub use told::Told;
pub use view::{ExecutionView, view};
