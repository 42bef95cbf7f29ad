//! Some state of a flow ends it: one with `End`, a Succeed or a Fail.
//!
//! A state that says neither `Next` nor `End` may be the one that was to end it: the parser names it.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{StateKind, Transition};
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for flow in &cx.flows {
        let ends = flow.flow.states.iter().any(|(_, state)| {
            match state.kind {
                StateKind::Succeed(_) | StateKind::Fail(_) => true,
                StateKind::Choice(_) => false,
                _ => state.transition().is_none_or(|transition| *transition == Transition::End),
            }
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

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_circle_has_no_end() {
        check_states(
            r#""A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}"#,
            Code::MissingEndState,
            &[("", "Workflow has no terminal state")],
        );
        check_states(
            r#""P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "A", "States": {
                "A": {"Type": "Pass", "Next": "A"}}}]}"#,
            Code::MissingEndState,
            &[("/States/P/Branches/0", "no terminal state")],
        );
    }
}
