//! A callback task gives its token to someone.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::resource::Pattern;
use crate::validate::context::Context;
use crate::validate::texts::leaves;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for (step, task) in cx.tasks() {
        let waits = step.resource.as_ref().map(crate::resource::Resource::pattern)
            == Some(Pattern::WaitForTaskToken);
        let given: Vec<&Value> = [&task.parameters, &task.arguments].into_iter().flatten().collect();
        if !waits || given.iter().any(|value| mentions_token(value)) {
            continue;
        }
        let field = if task.arguments.is_some() { "Arguments" } else { "Parameters" };
        let pointer = if given.is_empty() {
            step.pointer.clone()
        } else {
            format!("{}/{field}", step.pointer)
        };
        out.push(
            Diagnostic::warning(
                Code::CallbackWithoutToken,
                pointer,
                "the task waits for its token, and gives the token to nobody",
            )
            .hint("pass `$$.Task.Token` (JSONPath) or `$states.context.Task.Token` (JSONata)"),
        );
    }
}

/// A text that reads the token, or the whole context object.
fn mentions_token(value: &Value) -> bool {
    leaves(value).iter().filter_map(|leaf| leaf.text).any(|text| {
        text.contains("Task.Token")
            || text.contains("Task['Token']")
            || text.contains("$$.Task")
            || text == "$$"
            || (text.contains("$states.context") && !text.contains("$states.context."))
            || (text.contains("$states.context.Task") && !text.contains("$states.context.Task."))
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_token_is_given_to_someone() {
        for (parameters, place) in [
            ("", Some("/States/A")),
            (r#", "Parameters": {"FunctionName": "f", "Payload.$": "$"}"#, Some("/States/A/Parameters")),
            (r#", "Parameters": {"FunctionName": "f", "Payload": {"t.$": "$$.Task.Token"}}"#, None),
            (r#", "Parameters": {"FunctionName": "f", "Payload.$": "$$"}"#, None),
        ] {
            let state = format!(
                r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken"
                   {parameters}"#
            );
            let expected: Vec<_> = place.iter().map(|place| (*place, "token to nobody")).collect();
            check_state(&state, Code::CallbackWithoutToken, &expected);
        }
    }
}
