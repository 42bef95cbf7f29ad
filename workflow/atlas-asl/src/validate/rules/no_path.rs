//! A path in a field that takes it literally and has a `…Path` twin.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Operator, QueryLanguage, StateKind, Test, Text, WaitUntil};
use crate::validate::context::{Context, Step};
use crate::validate::fields::comparisons;
use crate::validate::texts::{looks_like_query, short};

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in cx.steps.iter().filter(|step| step.language == QueryLanguage::JsonPath) {
        for (place, text) in literals(step) {
            if !looks_like_query(&text) {
                continue;
            }
            let field = place.rsplit('/').next().unwrap_or(&place).to_owned();
            out.push(
                Diagnostic::warning(
                    Code::NoPath,
                    place,
                    format!("`{}` looks like a path and is taken as text", short(&text)),
                )
                .hint(format!("did you mean `{field}Path`?")),
            );
        }
    }
}

/// The texts of a state that a `…Path` field could give instead, with their places.
fn literals(step: &Step<'_>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    match &step.state.kind {
        StateKind::Fail(fail) => {
            for (name, text) in [("Error", &fail.error), ("Cause", &fail.cause)] {
                if let Some(Text::Literal(text)) = text {
                    found.push((format!("{}/{name}", step.pointer), text.clone()));
                }
            }
        }
        StateKind::Wait(wait) => {
            if let Some(WaitUntil::Timestamp(text)) = &wait.until {
                found.push((format!("{}/Timestamp", step.pointer), text.clone()));
            }
        }
        StateKind::Choice(choice) => {
            for (index, rule) in choice.choices.iter().enumerate() {
                let Some(Test::Rule(rule)) = &rule.test else { continue };
                let place = format!("{}/Choices/{index}", step.pointer);
                for (place, comparison) in comparisons(place, rule) {
                    let operator = comparison.operator.as_str();
                    let twin = Operator::from_name(&format!("{operator}Path"));
                    if let (Some(_), Some(text)) = (twin, comparison.operand.as_str()) {
                        found.push((format!("{place}/{operator}"), text.to_owned()));
                    }
                }
            }
        }
        _ => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_path_in_a_literal_field_is_named() {
        check_states(
            r#""A": {"Type": "Choice", "Default": "B", "Choices": [{"Variable": "$.a",
                "StringEquals": "$.b", "Next": "B"}]}, "B": {"Type": "Fail", "Error": "$.error"}"#,
            Code::NoPath,
            &[
                ("/States/A/Choices/0/StringEquals", "did you mean `StringEqualsPath`?"),
                ("/States/B/Error", "did you mean `ErrorPath`?"),
            ],
        );
    }
}
