//! One state tried by itself: what `TestState` asks for.
//!
//! A trial evaluates a state with the same functions as an execution does, notes what its data is
//! after each step, and stops where the state would leave it. Nothing is recorded or ordered.

mod attempt;

mod items;

mod handling;

mod report;

pub use crate::shape::csv_rows;
pub use attempt::{Awaited, Begun, ItemsRead, Trial, TrialRequest, UnknownState};
pub use report::{Ending, Handler, Inspection, Report};
