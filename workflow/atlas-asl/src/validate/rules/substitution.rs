//! `${…}` in a text: SAM, CDK and Terraform put something else there when they deploy.
//!
//! A text that is one `${Name}`, an ARN or a URL is where substitutions belong.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{StateKind, Text};
use crate::validate::context::{Context, Step};
use crate::validate::fields::Content;
use crate::validate::texts::{leaves, placeholder, short};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    if let Some(comment) = &cx.machine.comment {
        judge("/Comment".to_owned(), comment, out);
    }
    for step in &cx.steps {
        check_step(step, out);
    }
}

fn check_step(step: &Step<'_>, out: &mut Vec<Diagnostic>) {
    let place = |field: &str| format!("{}/{field}", step.pointer);
    if step.name.as_str().contains("${") {
        judge(step.pointer.clone(), step.name.as_str(), out);
    }
    if let Some(comment) = &step.state.comment {
        judge(place("Comment"), comment, out);
    }
    match &step.state.kind {
        StateKind::Fail(fail) => {
            for (name, text) in [("Error", &fail.error), ("Cause", &fail.cause)] {
                if let Some(Text::Literal(text)) = text {
                    judge(place(name), text, out);
                }
            }
        }
        StateKind::Pass(pass) => {
            for leaf in pass.result.iter().flat_map(leaves) {
                if let Some(text) = leaf.text {
                    judge(format!("{}{}", place("Result"), leaf.pointer), text, out);
                }
            }
        }
        _ => {}
    }
    for field in &step.fields {
        match field.content {
            Content::Template(value) | Content::Jsonata(value) => {
                for leaf in leaves(value) {
                    if let Some(text) = leaf.text {
                        judge(format!("{}{}", place(&field.pointer), leaf.pointer), text, out);
                    }
                }
            }
            Content::Path(text)
            | Content::ReferencePath(text)
            | Content::PathOrFunction(text)
            | Content::JsonataText(text) => judge(place(&field.pointer), text, out),
        }
    }
}

fn judge(pointer: String, text: &str, out: &mut Vec<Diagnostic>) {
    let belongs = placeholder(text).is_some_and(str::is_empty)
        || ["arn:", "https://", "http://", "s3://"].iter().any(|start| text.starts_with(start));
    if !text.contains("${") || belongs {
        return;
    }
    out.push(
        Diagnostic::warning(
            Code::SubstitutionInLiteral,
            pointer,
            format!("`{}` holds `${{`, which SAM, CDK and Terraform replace on deployment", short(text)),
        )
        .hint("write the text without `${`, or make the whole value one `${Name}`"),
    );
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_placeholder_within_a_text_is_named() {
        check_state(
            r#""Type": "Pass", "Comment": "costs ${a}", "Parameters": {"a": "Hello ${name}",
               "b": "${Table}", "c": "arn:aws:sns:${AWS::Region}:1:t", "d": "https://${Host}/x"}"#,
            Code::SubstitutionInLiteral,
            &[("/States/A/Comment", "replace"), ("/States/A/Parameters/a", "replace")],
        );
    }
}
