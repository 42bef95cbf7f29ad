//! Some state of a flow ends it: one with `End`, a Succeed or a Fail.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{StateKind, Transition};
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for flow in &cx.flows {
        let ends = flow.flow.states.iter().any(|(_, state)| {
            matches!(state.kind, StateKind::Succeed(_) | StateKind::Fail(_))
                || state.transition() == Some(&Transition::End)
        });
        if !ends && !flow.flow.states.is_empty() {
            out.push(
                Diagnostic::error(
                    Code::MissingEndState,
                    flow.pointer.clone(),
                    "Workflow has no terminal state",
                )
                .hint("give the last state `\"End\": true`, or lead to a Succeed or Fail state"),
            );
        }
    }
}
