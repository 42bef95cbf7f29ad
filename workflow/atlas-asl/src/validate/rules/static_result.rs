//! The `Result` of a Pass state is given as it stands: nothing in it is evaluated.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::StateKind;
use crate::validate::context::Context;
use crate::validate::texts::{leaves, looks_like_query};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        let StateKind::Pass(pass) = &step.state.kind else { continue };
        for leaf in pass.result.iter().flat_map(leaves) {
            let is_query = leaf.key.is_some_and(|key| key.ends_with(".$"))
                || leaf.text.is_some_and(looks_like_query);
            if !is_query {
                continue;
            }
            out.push(
                Diagnostic::warning(
                    Code::PassResultIsStatic,
                    format!("{}/Result{}", step.pointer, leaf.pointer),
                    "`Result` is taken as it stands: no path in it is evaluated",
                )
                .hint("use `Parameters` for what is to be evaluated"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_result_is_not_evaluated() {
        check_state(
            r#""Type": "Pass", "Result": {"a.$": "$.a", "b": ["$.b"], "c": "text"}"#,
            Code::PassResultIsStatic,
            &[("/States/A/Result/a.$", "use `Parameters`"), ("/States/A/Result/b/0", "no path in it")],
        );
    }
}
