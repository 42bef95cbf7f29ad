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

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_name_that_can_come_twice_is_caught() {
        for (name, found) in [
            (r#""Name": "call""#, true),
            (r#""Name.$": "States.Format('call-{}', $.key)""#, true),
            (r#""Name.$": "States.UUID()""#, false),
            (r#""Name.$": "$$.Execution.Name""#, false),
            (r#""Input": {}"#, false),
        ] {
            let state = format!(
                r#""A": {{"Type": "Task", "Resource": "arn:aws:states:::states:startExecution",
                    "Parameters": {{"StateMachineArn": "${{M}}", {name}}}, "End": true"#
            );
            let key = if name.contains(".$") { "Name.$" } else { "Name" };
            let place = format!("/States/A/Parameters/{key}");
            let places = [(place.as_str(), "nobody catches it")];
            let expected = if found { &places[..] } else { &[][..] };
            let code = Code::UncaughtExecutionAlreadyExists;
            check_states(&format!("{state}}}"), code, expected);
            let caught = format!(
                r#"{state}, "Catch": [{{"ErrorEquals": ["States.ALL"], "Next": "B"}}]}},
                   "B": {{"Type": "Succeed"}}"#
            );
            check_states(&caught, code, &[]);
        }
    }
}
