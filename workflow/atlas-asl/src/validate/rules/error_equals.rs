//! `ErrorEquals` names something, and `States.ALL` stands alone in the last entry.

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::Context;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        let retry: Vec<_> = step.state.retry().iter().map(|entry| &entry.error_equals).collect();
        let catch: Vec<_> = step.state.catch().iter().map(|entry| &entry.error_equals).collect();
        for (field, entries) in [("Retry", retry), ("Catch", catch)] {
            for (index, names) in entries.iter().enumerate() {
                let Some((message, hint)) = fault(names, index + 1 == entries.len()) else { continue };
                let pointer = format!("{}/{field}/{index}/ErrorEquals", step.pointer);
                out.push(
                    Diagnostic::error(Code::SchemaValidationFailed, pointer, message).hint(hint),
                );
            }
        }
    }
}

fn fault(names: &[String], is_last: bool) -> Option<(&'static str, &'static str)> {
    const ALL: &str = "States.ALL must appear alone and at end of list";
    if names.is_empty() {
        return Some(("Value cannot be empty", "name an error, or `States.ALL` for every one"));
    }
    if !names.iter().any(|name| name == "States.ALL") {
        return None;
    }
    if names.len() > 1 {
        Some((ALL, "`States.ALL` covers the other names; let it stand alone"))
    } else if !is_last {
        Some((ALL, "move it behind the other entries: what follows it would never be looked at"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn states_all_is_alone_and_last() {
        let task = |retry: &str| {
            format!(
                r#""Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Retry": [{retry}]"#
            )
        };
        let all = "States.ALL must appear alone and at end of list";
        for (retry, place, expected) in [
            (r#"{"ErrorEquals": []}"#, "/States/A/Retry/0/ErrorEquals", "Value cannot be empty"),
            (r#"{"ErrorEquals": ["States.ALL", "A"]}"#, "/States/A/Retry/0/ErrorEquals", all),
            (r#"{"ErrorEquals": ["States.ALL"]}, {"ErrorEquals": ["A"]}"#,
             "/States/A/Retry/0/ErrorEquals", all),
        ] {
            check_state(&task(retry), Code::SchemaValidationFailed, &[(place, expected)]);
        }
        let right = r#"{"ErrorEquals": ["A"]}, {"ErrorEquals": ["States.ALL"]}"#;
        check_state(&task(right), Code::SchemaValidationFailed, &[]);
    }
}
