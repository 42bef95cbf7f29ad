//! Lambda tasks that one dropped connection fails.

use std::collections::BTreeMap;

use atlas_asl::{
    diagnostic,
    model::ExecutionType,
    validate::{NoContract, validate},
};

use super::{Code, Cx, Finding, machine::listed};
use crate::rewriting::Edit;

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    // The rule is that of `atlas validate`; of what is missing in several states it is told once.
    let known = validate(cx.machine, ExecutionType::Standard, &NoContract);
    let mut by_message: BTreeMap<String, Vec<(String, &str)>> = BTreeMap::new();
    let states = cx.machine.states();
    for diagnostic in known {
        if diagnostic.code != diagnostic::Code::NoRetryForTransientErrors {
            continue;
        }
        let place = diagnostic.pointer;
        let pointer = place.strip_suffix("/Retry").unwrap_or(&place).to_owned();
        let Some(located) = states.iter().find(|it| it.pointer == pointer) else { continue };
        let missing = diagnostic.message.split(" fails this").next().unwrap_or_default().to_owned();
        by_message.entry(missing).or_default().push((pointer, located.name.as_str()));
    }
    for (missing, states) in by_message {
        let names = listed(states.iter().map(|(_, name)| *name));
        let pointers: Vec<String> = states.into_iter().map(|(pointer, _)| pointer).collect();
        let to_confirm = vec![format!(
            "the functions of {names} bear it to be called twice with the same input: some of these \
             errors come after one has run"
        )];
        found.push(
            Finding::new(
                Code::NoRetryForTransientErrors,
                pointers.first().cloned().unwrap_or_default(),
                format!("{missing} fails {names}: nothing retries it"),
            )
            .remedy("retry what passes by itself: 1 s, 3 attempts, rate 2, with jitter")
            .edit(Edit::AddRetry { states: pointers }, to_confirm),
        );
    }
}
