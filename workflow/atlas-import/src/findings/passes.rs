//! Pass states that change nothing, and several in a row.

use atlas_asl::model::{Flow, State, StateKind, Transition, escape_pointer};
use serde_json::Value;

use super::{Code, Cx, Finding};
use crate::rewriting::Edit;

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    for (flow_pointer, flow) in cx.flows() {
        for (name, state) in &flow.states {
            let StateKind::Pass(pass) = &state.kind else { continue };
            let pointer = format!("{flow_pointer}/States/{}", escape_pointer(name.as_str()));
            let Some(Transition::Next(next)) = &pass.transition else { continue };
            let is_plain = cx.value(&pointer).and_then(Value::as_object).is_some_and(|fields| {
                fields.keys().all(|field| {
                    matches!(field.as_str(), "Type" | "Next" | "Comment" | "QueryLanguage")
                })
            });
            if is_plain && next != name {
                let edit =
                    Edit::Remove { flow: flow_pointer.clone(), state: name.as_str().to_owned() };
                found.push(
                    Finding::new(
                        Code::PassWithoutEffect,
                        pointer,
                        format!("`{name}` hands on what it is given, and does nothing else"),
                    )
                    .remedy(format!("leave it out: what leads to it leads to `{next}`"))
                    .gain("1 transition in each execution that passes it")
                    .edit(edit, Vec::new()),
                );
            } else if is_first_of_chain(flow, name.as_str(), state) {
                found.push(
                    Finding::new(
                        Code::PassChain,
                        pointer,
                        format!("`{name}` and `{next}` are Pass states, one behind the other"),
                    )
                    .remedy("make one of them: its fields can do what both do")
                    .gain("1 transition in each execution that passes them"),
                );
            }
        }
    }
}

fn is_first_of_chain(flow: &Flow, name: &str, state: &State) -> bool {
    let next_pass = |state: &State| match state.transition() {
        Some(Transition::Next(next)) => {
            flow.get(next.as_str()).is_some_and(|it| matches!(it.kind, StateKind::Pass(_)))
        }
        Some(Transition::End) | None => false,
    };
    let leads_here = |state: &State| state.targets().iter().any(|(_, to)| to.as_str() == name);
    let is_behind_one =
        flow.states.iter().any(|(_, it)| matches!(it.kind, StateKind::Pass(_)) && leads_here(it));
    next_pass(state) && !is_behind_one
}
