//! A timestamp is RFC 3339, with an upper-case `T` and an offset.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Choice, QueryLanguage, StateKind, Test, WaitUntil};
use crate::timestamp_text::parse_timestamp;
use crate::validate::context::Context;
use crate::validate::fields::comparisons;
use crate::validate::texts::placeholder;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        match &step.state.kind {
            StateKind::Wait(wait) => {
                // An expression without its end is no timestamp either; `jsonata_syntax` says so.
                let is_expression =
                    |text: &str| step.language == QueryLanguage::Jsonata && text.starts_with("{%");
                if let Some(WaitUntil::Timestamp(text)) = &wait.until
                    && !is_expression(text)
                {
                    judge(format!("{}/Timestamp", step.pointer), text, out);
                }
            }
            StateKind::Choice(choice) => check_choice(&step.pointer, choice, out),
            _ => {}
        }
    }
}

fn check_choice(pointer: &str, choice: &Choice, out: &mut Vec<Diagnostic>) {
    for (index, rule) in choice.choices.iter().enumerate() {
        let Some(Test::Rule(rule)) = &rule.test else { continue };
        for (place, comparison) in comparisons(format!("{pointer}/Choices/{index}"), rule) {
            let operator = comparison.operator.as_str();
            if operator.starts_with("Timestamp")
                && !operator.ends_with("Path")
                && let Some(text) = comparison.operand.as_str()
            {
                judge(format!("{place}/{operator}"), text, out);
            }
        }
    }
}

fn judge(pointer: String, text: &str, out: &mut Vec<Diagnostic>) {
    if parse_timestamp(text).is_some() || placeholder(text).is_some() {
        return;
    }
    out.push(
        Diagnostic::error(
            Code::SchemaValidationFailed,
            pointer,
            "String does not match RFC3339 timestamp",
        )
        .hint("write it as `2016-03-14T01:59:00Z`, or with an offset as `2016-03-14T01:59:00+01:00`"),
    );
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_jsonata, check_state, check_states};

    #[test]
    fn a_timestamp_is_rfc_3339() {
        for (text, is_right) in [
            ("2016-03-14T01:59:00Z", true),
            ("2016-03-05T21:29:29.243167252Z", true),
            ("2016-03-14T01:59:00+01:00", true),
            ("9999-12-31T23:59:59Z", true),
            ("${Deadline}", true),
            ("05-12-2016T21:29:29Z", false),
            ("2016-12-05T25:29:29Z", false),
            ("2016-12-05 21:29:29Z", false),
            ("2016-12-05T21:29:29", false),
            ("2016-12-05t21:29:29z", false),
            ("$.at", false),
        ] {
            let places = [("/States/A/Timestamp", "String does not match RFC3339 timestamp")];
            let expected = if is_right { &[][..] } else { &places[..] };
            let state = format!(r#""Type": "Wait", "Timestamp": "{text}""#);
            check_state(&state, Code::SchemaValidationFailed, expected);
        }
        check_jsonata(
            r#""A": {"Type": "Wait", "Timestamp": "{% $now()", "End": true}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Timestamp", "JSONata string must start with {% and end with %}")],
        );
        check_states(
            r#""A": {"Type": "Choice", "Default": "B", "Choices": [{"Not": {"Variable": "$.at",
                "TimestampLessThan": "yesterday"}, "Next": "B"}]}, "B": {"Type": "Succeed"}"#,
            Code::SchemaValidationFailed,
            &[("/States/A/Choices/0/Not/TimestampLessThan", "RFC3339")],
        );
    }
}
