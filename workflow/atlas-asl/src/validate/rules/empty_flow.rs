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

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::model::ExecutionType::Standard;
    use crate::validate::tests::{check_kind, check_state};

    #[test]
    fn a_flow_has_states_and_a_parallel_has_branches() {
        let empty = &[("/States", "Value cannot be empty")];
        check_kind(r#"{"StartAt": "A", "States": {}}"#, Standard, Code::SchemaValidationFailed, empty);
        check_state(
            r#""Type": "Parallel", "Branches": []"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Branches", "Value cannot be empty")],
        );
    }
}
