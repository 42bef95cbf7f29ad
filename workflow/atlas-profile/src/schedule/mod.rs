//! A run as a schedule: what took time, in what, and after what. From it come the critical path and what a
//! change would gain.

mod item;

mod build;

mod matching;

mod simulate;

mod critical_path;

pub(crate) use build::{Schedule, SeenCall, SeenInvocation, SeenVisit, build};
pub(crate) use critical_path::{Step, critical_path};
pub(crate) use item::{Item, ItemId, Kind};
pub(crate) use matching::Invocations;
pub(crate) use simulate::{Change, goal_after};
