//! A flow has states, a Parallel has branches.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::StateKind;
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for flow in &cx.flows {
        if flow.flow.states.is_empty() {
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    format!("{}/States", flow.pointer),
                    "Value cannot be empty",
                )
                .hint("a flow has at least one state"),
            );
        }
    }
    for step in &cx.steps {
        if let StateKind::Parallel(parallel) = &step.state.kind
            && parallel.branches.is_empty()
        {
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    format!("{}/Branches", step.pointer),
                    "Value cannot be empty",
                )
                .hint("a Parallel state has at least one branch"),
            );
        }
    }
}
