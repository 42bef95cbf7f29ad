//! The machine that rules look at, and what they all ask of it.

use atlas_asl::{
    model::{ExecutionType, Flow, Located, StateKind, StateMachine, Task},
    resource::Resource,
};
use serde_json::Value;

use crate::trial::Latencies;

/// A machine, and what is known of it.
pub(crate) struct Cx<'a> {
    pub(crate) machine: &'a StateMachine,
    pub(crate) definition: &'a Value,
    pub(crate) execution_type: ExecutionType,
    pub(crate) latencies: &'a Latencies,
}

/// A Task with its place and what it calls.
pub(super) struct Called<'a> {
    pub(super) located: Located<'a>,
    pub(super) task: &'a Task,
    pub(super) resource: Resource,
}

impl<'a> Cx<'a> {
    /// Every Task whose `Resource` can be read.
    pub(super) fn tasks(&self) -> Vec<Called<'a>> {
        let tasks = self.machine.states().into_iter().filter_map(|located| {
            let StateKind::Task(task) = &located.state.kind else { return None };
            let resource = Resource::parse(&task.resource).ok()?;
            Some(Called { task, resource, located })
        });
        tasks.collect()
    }

    /// Every flow with its pointer.
    pub(super) fn flows(&self) -> Vec<(String, &'a Flow)> {
        self.machine.flows().into_iter().map(|it| (it.pointer, it.flow)).collect()
    }

    /// The JSON of a state.
    pub(super) fn value(&self, pointer: &str) -> Option<&'a Value> {
        self.definition.pointer(pointer)
    }
}

/// Names in words: `A`, `B` and 3 others.
pub(super) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let shown: Vec<String> = names.iter().take(6).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(6) {
        0 => shown.join(", "),
        more => format!("{} and {more} others", shown.join(", ")),
    }
}
