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
        for (pointer, text) in &step.undelimited {
            let hint = if text.trim() == *text {
                "an expression is the whole text: it starts with `{%` and ends with `%}`"
            } else {
                "remove the white space around `{% … %}`"
            };
            out.push(
                Diagnostic::error(
                    Code::SchemaValidationFailed,
                    pointer.clone(),
                    "JSONata string must start with {% and end with %}",
                )
                .hint(hint),
            );
        }
    }
}
