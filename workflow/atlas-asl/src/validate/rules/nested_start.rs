//! A nested execution with a name of its own: the second start of that name fails.
//!
//! A name that is made anew on each run (`$uuid()`, `States.UUID()`, the clock, the id of this
//! execution) is not judged. A `Catch` of a state around this one counts.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::State;
use crate::resource::Resource;
use crate::validate::context::Context;

const ERROR: &str = "StepFunctions.ExecutionAlreadyExistsException";

/// What makes a name another one on each run.
const FRESH: [&str; 9] = [
    "States.UUID",
    "States.MathRandom",
    "$uuid",
    "$random",
    "$millis",
    "$now",
    "Execution.",
    "State.EnteredTime",
    "Task.Token",
];

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let is_start = matches!(&step.resource, Some(Resource::Integration { service, action, .. })
            if service == "states" && action == "startExecution");
        if !is_start || catches(step.state) || cx.around(step).any(|outer| catches(outer.state)) {
            continue;
        }
        let (field, value) = match (&task.parameters, &task.arguments) {
            (Some(parameters), _) => ("Parameters", parameters),
            (None, Some(arguments)) => ("Arguments", arguments),
            (None, None) => continue,
        };
        let Some((key, name)) = ["Name", "Name.$"]
            .into_iter()
            .find_map(|key| Some((key, value.get(key)?.as_str()?)))
        else {
            continue;
        };
        if FRESH.iter().any(|fresh| name.contains(fresh)) {
            continue;
        }
        out.push(
            Diagnostic::warning(
                Code::UncaughtExecutionAlreadyExists,
                format!("{}/{field}/{key}", step.pointer),
                "a second start by this name fails with ExecutionAlreadyExists, and nobody catches it",
            )
            .hint(format!("catch `{ERROR}`: the execution that was meant to run is there")),
        );
    }
}

fn catches(state: &State) -> bool {
    let mut names = state.catch().iter().flat_map(|catcher| &catcher.error_equals);
    names.any(|name| matches!(name.as_str(), ERROR | "States.ALL" | "States.TaskFailed"))
}
