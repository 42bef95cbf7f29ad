//! What an expression reads exists where it stands.
//!
//! Expressions have no input document, so a bare name reads nothing: AWS refuses it. It refuses
//! `$states.errorOutput` outside `Catch`, and `$states.result` where there is no result yet.

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::Context;
use crate::validate::fields::Place;
use crate::validate::texts::short;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        for expression in &step.expressions {
            let Ok(parsed) = &expression.parsed else { continue };
            let mut refuse = |message: String, hint: String| {
                let pointer = expression.pointer.clone();
                out.push(
                    Diagnostic::error(Code::UnsupportedJsonataExpression, pointer, message).hint(hint),
                );
            };
            for name in parsed.top_level_references() {
                let name = short(name);
                refuse(
                    format!("Reference to '{name}' at the top level is not supported."),
                    format!("write `$states.input.{name}` for the input, `${name}` for a variable, \
                             `\"{name}\"` for a text"),
                );
            }
            if parsed.source().starts_with("$$") {
                refuse(
                    "Reference to '$$' is not supported.".to_owned(),
                    "write `$states.input`, or `$states.context` for the context object".to_owned(),
                );
            }
            // An expression that reads `$states` as a whole may read every part; it names none.
            let parts = parsed.states_parts();
            let names = |part: &str| parsed.source().contains(part);
            if parts.error_output && names("errorOutput") && expression.place != Place::Failed {
                refuse(
                    "Field '$states.errorOutput' does not exist.".to_owned(),
                    "only the `Output` and `Assign` of a `Catch` see it".to_owned(),
                );
            }
            if parts.result && names("result") && expression.place != Place::After {
                refuse(
                    "Field '$states.result' does not exist.".to_owned(),
                    "only the `Output` and `Assign` of a Task, Parallel or Map see it, \
                     once there is a result"
                        .to_owned(),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_jsonata};

    #[test]
    fn an_expression_reads_what_there_is() {
        for (output, expected) in [
            ("phone", "Reference to 'phone' at the top level is not supported."),
            ("$$.a", "Reference to '$$' is not supported."),
            ("$states.errorOutput", "Field '$states.errorOutput' does not exist."),
            ("$states.result", "Field '$states.result' does not exist."),
        ] {
            check_jsonata(
                &format!(r#""A": {{"Type": "Pass", "Output": "{{% {output} %}}", "End": true}}"#),
                Code::UnsupportedJsonataExpression,
                &[("/States/A/Output", expected)],
            );
        }
        check_jsonata(
            r#""A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                "Arguments": {"FunctionName": "f", "Payload": "{% $states.input.lead[id > 3] %}"},
                "Output": "{% $states.result.Payload %}", "End": true,
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "B",
                    "Output": "{% $states.errorOutput %}"}]}, "B": {"Type": "Succeed"}"#,
            Code::UnsupportedJsonataExpression,
            &[],
        );
    }
}
