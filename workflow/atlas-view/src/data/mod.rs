//! The data of one visit: its input, what it was after each step of processing, and its output.
//!
//! What the history tells is shown as it tells it. What lies between is computed by the functions that the
//! interpreter itself uses, from the recorded input, the recorded result, and the variables and the context
//! object as far as they are known. What cannot be known is said, not guessed.

mod steps;

mod token;

mod of_visit;

mod recorded;

mod known;

mod compute;

mod unknowable;

#[cfg(test)]
mod tests;

pub(crate) use compute::add_timers;
pub use of_visit::data_steps;
pub use steps::{DataStep, DataSteps, NoSuchVisit};
