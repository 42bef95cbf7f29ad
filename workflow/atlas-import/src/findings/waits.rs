//! Waits for nothing: of no seconds, or with nothing behind them.

use atlas_asl::model::{Count, Flow, StateKind, Transition, WaitUntil};

use super::{Code, Cx, Finding, without_effect::Placed};

pub(super) fn look(cx: &Cx<'_>, found: &mut Vec<Finding>) {
    for (flow_pointer, flow) in cx.flows() {
        for (name, state) in &flow.states {
            let StateKind::Wait(wait) = &state.kind else { continue };
            let transition = wait.transition.as_ref();
            let placed = Placed { flow: &flow_pointer, name, transition };
            let is_nothing = wait.until == Some(WaitUntil::Seconds(Count::Literal(0)));
            let words = format!("`{name}` waits for 0 seconds");
            let left_out = is_nothing
                .then(|| placed.left_out(cx, Code::WaitWithoutEffect, &["Seconds"], words))
                .flatten();
            if let Some(finding) = left_out {
                found.push(finding);
            } else if transition.is_some_and(|it| ends(flow, it)) {
                found.push(
                    Finding::new(
                        Code::WaitWithoutEffect,
                        placed.pointer(),
                        format!("behind `{name}` nothing comes: it delays the end alone"),
                    )
                    .remedy("leave it out, unless somebody counts on the end coming later"),
                );
            }
        }
    }
}

/// Whether nothing is done behind this.
fn ends(flow: &Flow, transition: &Transition) -> bool {
    match transition {
        Transition::End => true,
        Transition::Next(next) => {
            flow.get(next.as_str()).is_some_and(|it| matches!(it.kind, StateKind::Succeed(_)))
        }
    }
}
