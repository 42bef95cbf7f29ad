//! What is known about the handlers behind the Tasks.

use crate::model::{StateName, Task};

/// Says what the handler behind a Task can raise.
pub trait Contract {
    /// The error names that the handler behind this Task's function can raise; `None` where unknown.
    fn errors_of(&self, state: &StateName, task: &Task) -> Option<&[&str]>;
}

/// Nothing is known about any handler.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoContract;

impl Contract for NoContract {
    fn errors_of(&self, _state: &StateName, _task: &Task) -> Option<&[&str]> {
        None
    }
}
