//! From the events of a history to what an operator sees: visits of states, their attempts, what is waited
//! for, what failed first.

mod model;

mod outline;

mod follow;

mod take_in;

mod ending;

mod handling;

mod waits;

mod cause;

pub use cause::{Explained, explain};
pub use follow::{events_of_visit, view};
pub use model::{
    Attempt, Child, ChildKind, ExecutionView, Failure, FailureView, Status, Visit, Wait, WaitsFor,
};
pub use waits::{OpenWait, open_waits};

#[cfg(test)]
pub(crate) mod tests;
