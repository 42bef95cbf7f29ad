//! Pass states that change nothing, and several in a row.

use atlas_asl::model::{Flow, State, StateKind, Transition};

use super::{Code, Cx, Finding, without_effect::Placed};

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    for (flow_pointer, flow) in cx.flows() {
        for (name, state) in &flow.states {
            let StateKind::Pass(pass) = &state.kind else { continue };
            let transition = pass.transition.as_ref();
            let placed = Placed { flow: &flow_pointer, name, transition };
            let words = format!("`{name}` hands on what it is given, and does nothing else");
            if let Some(finding) = placed.left_out(cx, Code::PassWithoutEffect, &[], words) {
                found.push(finding);
            } else if let Some(Transition::Next(next)) = transition
                && is_first_of_chain(flow, name.as_str(), state)
            {
                found.push(
                    Finding::new(
                        Code::PassChain,
                        placed.pointer(),
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
