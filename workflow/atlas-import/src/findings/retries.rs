//! Lambda tasks that one dropped connection fails.
//!
//! A callback is never given a retrier: its function may have rung or charged before the error, and a second try
//! would do so again with a second token.

use std::collections::BTreeMap;

use atlas_asl::{
    diagnostic,
    model::{ExecutionType, Task},
    validate::{NoContract, validate},
};

use super::{Code, Cx, Finding, machine::listed};
use crate::rewriting::Edit;

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    // The rule is that of `atlas validate`; of what is missing in several states it is told once.
    let known = validate(cx.machine, ExecutionType::Standard, &NoContract);
    let mut by_message: BTreeMap<(String, bool), Vec<(String, &str)>> = BTreeMap::new();
    let tasks = cx.tasks();
    for diagnostic in known {
        if diagnostic.code != diagnostic::Code::NoRetryForTransientErrors {
            continue;
        }
        let place = diagnostic.pointer;
        let pointer = place.strip_suffix("/Retry").unwrap_or(&place).to_owned();
        let Some(called) = tasks.iter().find(|it| it.located.pointer == pointer) else { continue };
        if is_decided(called.task) {
            continue;
        }
        let missing = diagnostic.message.split(" fails this").next().unwrap_or_default().to_owned();
        by_message
            .entry((missing, called.resource.waits()))
            .or_default()
            .push((pointer, called.located.name.as_str()));
    }
    for ((missing, waits), states) in by_message {
        let names = listed(states.iter().map(|(_, name)| *name));
        let pointers: Vec<String> = states.into_iter().map(|(pointer, _)| pointer).collect();
        let finding = Finding::new(
            Code::NoRetryForTransientErrors,
            pointers.first().cloned().unwrap_or_default(),
            format!("{missing} fails {names}: nothing retries it"),
        );
        if waits {
            found.push(finding.remedy(
                "catch it, and find out what was done before anybody tries again; retry only what does \
                 nothing twice when it is called again with another token",
            ));
            continue;
        }
        let to_confirm = vec![format!(
            "the functions of {names} bear it to be called twice with the same input: some of these \
             errors come after one has run"
        )];
        found.push(
            finding
                .remedy("retry what passes by itself: 1 s, 3 attempts, rate 2, with jitter")
                .edit(Edit::AddRetry { states: pointers }, to_confirm),
        );
    }
}

/// Whether somebody has written that some of it is not to be retried.
fn is_decided(task: &Task) -> bool {
    let never = task.retry.iter().filter(|it| it.max_attempts == Some(0));
    let mut names = never.flat_map(|it| &it.error_equals);
    names.any(|it| {
        it.starts_with("Lambda.") || matches!(it.as_str(), "States.ALL" | "States.TaskFailed")
    })
}
