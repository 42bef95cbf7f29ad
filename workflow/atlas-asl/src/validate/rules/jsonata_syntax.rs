//! What stands between `{%` and `%}` is a JSONata expression, and both delimiters are there.

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        for expression in &step.expressions {
            if let Err(fault) = &expression.parsed {
                out.push(
                    Diagnostic::error(
                        Code::InvalidJsonataExpression,
                        expression.pointer.clone(),
                        fault.message.clone(),
                    )
                    .hint("what stands between `{%` and `%}` is one JSONata expression"),
                );
            }
        }
        for pointer in &step.unclosed {
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    pointer.clone(),
                    "JSONata string must start with {% and end with %}",
                )
                .hint("an expression is the whole text, from `{%` to `%}`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_jsonata};

    #[test]
    fn an_expression_parses_and_is_closed() {
        check_jsonata(
            r#""A": {"Type": "Pass", "Output": {"a": "{% 1 + %}", "b": ["{% $states.input"]},
                     "End": true}"#,
            Code::InvalidJsonataExpression,
            &[("/States/A/Output/a", "")],
        );
        check_jsonata(
            r#""A": {"Type": "Pass", "Output": {"b": ["{% $states.input", "text", " {% 1 %}"]},
                     "End": true}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Output/b/0", "JSONata string must start with {% and end with %}")],
        );
        check_jsonata(
            r#""A": {"Type": "Choice", "Default": "B", "Choices": [
                {"Condition": "$states.input.n = 1", "Next": "B"},
                {"Condition": "${Condition}", "Next": "B"}, {"Condition": true, "Next": "B"}]},
               "B": {"Type": "Succeed"}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Choices/0/Condition", "from `{%` to `%}`")],
        );
    }
}
