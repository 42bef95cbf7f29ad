//! Tasks whose failure ends the execution, with nobody told.

use std::collections::BTreeSet;

use atlas_asl::model::State;

use super::{Code, Cx, Finding, machine::listed};

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    // What stands inside of a state that catches all is caught there.
    let states = cx.machine.states();
    let guarded: BTreeSet<&str> = states
        .iter()
        .filter(|located| catches_all(located.state))
        .map(|located| located.pointer.as_str())
        .collect();
    let is_within = |pointer: &str| {
        guarded
            .iter()
            .any(|around| pointer.strip_prefix(around).is_some_and(|it| it.starts_with('/')))
    };
    let mut first = None;
    let mut names = Vec::new();
    for called in cx.tasks() {
        if catches_all(called.located.state) || is_within(&called.located.pointer) {
            continue;
        }
        names.push(called.located.name.as_str());
        first.get_or_insert(called.located.pointer);
    }
    let Some(pointer) = first else { return };
    found.push(
        Finding::new(
            Code::NoCatchAll,
            pointer,
            format!("nobody catches `States.ALL` of {}", listed(names)),
        )
        .remedy(
            "lead `States.ALL` to a state that keeps what was to be done (a queue, a table), then to \
             `Fail`; or watch `ExecutionsFailed` and redrive",
        ),
    );
}

fn catches_all(state: &State) -> bool {
    state.catch().iter().any(|it| it.error_equals.iter().any(|name| name == "States.ALL"))
}
