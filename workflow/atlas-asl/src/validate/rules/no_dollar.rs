//! A path or intrinsic function in a payload template, under a key that takes it literally.

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::Context;
use crate::validate::fields::Content;
use crate::validate::texts::{leaves, looks_like_query, short};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        for field in &step.fields {
            let Content::Template(value) = field.content else { continue };
            for leaf in leaves(value) {
                let (Some(key), Some(text)) = (leaf.key, leaf.text) else { continue };
                if key.ends_with(".$") || !looks_like_query(text) {
                    continue;
                }
                out.push(
                    Diagnostic::warning(
                        Code::NoDollar,
                        format!("{}/{}{}", step.pointer, field.pointer, leaf.pointer),
                        format!("`{}` looks like a query and is taken as text", short(text)),
                    )
                    .hint(format!("did you mean `{}.$`?", short(key))),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_query_under_a_literal_key_is_named() {
        check_state(
            r#""Type": "Pass", "Parameters": {"a": {"lead": "$.lead", "id": "States.UUID()",
               "price": "$5", "b.$": "$.b", "list": ["$.lead"]}}"#,
            Code::NoDollar,
            &[
                ("/States/A/Parameters/a/lead", "did you mean `lead.$`?"),
                ("/States/A/Parameters/a/id", "did you mean `id.$`?"),
            ],
        );
    }
}
