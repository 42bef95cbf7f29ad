//! What a path field holds is a path, and a reference path where one place is meant.

use crate::diagnostic::{Code, Diagnostic};
use crate::jsonpath::Root;
use crate::validate::context::{Context, LocatedPath};
use crate::validate::fields::Content;
use crate::validate::texts::short;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for path in cx.steps.iter().flat_map(|step| &step.paths) {
        if let Some((message, hint)) = fault(path) {
            out.push(
                Diagnostic::error(Code::SchemaValidationFailed, path.pointer.clone(), message)
                    .hint(hint),
            );
        }
    }
}

fn fault(path: &LocatedPath<'_>) -> Option<(String, String)> {
    let is_operand = path.pointer.contains("/Choices/");
    let parsed = match &path.parsed {
        Ok(parsed) => parsed,
        Err(invalid) => {
            let message = if is_operand && !path.text.starts_with('$') {
                "Value is not a Reference Path: Reference path didn't start with '$'"
            } else {
                "Value must be a valid JSONPath."
            };
            return Some((message.to_owned(), invalid.to_string()));
        }
    };
    let is_items = path.pointer.ends_with("/ItemsPath");
    let is_result = matches!(path.content, Content::ReferencePath(_));
    if (is_items || is_result) && !parsed.is_reference() {
        return Some((
            "Value is not a Reference Path".to_owned(),
            format!(
                "`{}` can name several places; write names and indexes only, as `$.lead.id`",
                short(path.text)
            ),
        ));
    }
    if is_result && *parsed.root() != Root::Input {
        return Some((
            "Value is not a Reference Path".to_owned(),
            "`ResultPath` is a place in the state's own data: it starts with `$.`".to_owned(),
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state, check_states};

    #[test]
    fn a_path_field_holds_a_path() {
        for (fields, place, expected) in [
            (r#""InputPath": "lead""#, "/States/A/InputPath", "Value must be a valid JSONPath."),
            (r#""OutputPath": "$.a[""#, "/States/A/OutputPath", "Value must be a valid JSONPath."),
            (r#""ResultPath": "$.a[*]""#, "/States/A/ResultPath", "Value is not a Reference Path"),
            (r#""ResultPath": "$$.a""#, "/States/A/ResultPath", "Value is not a Reference Path"),
        ] {
            let state = format!(r#""Type": "Pass", {fields}"#);
            check_state(&state, Code::SchemaValidationFailed, &[(place, expected)]);
        }
        let right = r#""Type": "Pass", "InputPath": "$$.Execution.Input", "OutputPath": "$.a[*].b",
                       "ResultPath": "$.a[0].b""#;
        check_state(right, Code::SchemaValidationFailed, &[]);
        check_states(
            r#""A": {"Type": "Choice", "Default": "B", "Choices": [{"And": [
                {"Variable": "status", "StringEqualsPath": "other"}], "Next": "B"}]},
               "B": {"Type": "Succeed"}"#,
            Code::SchemaValidationFailed,
            &[
                ("/States/A/Choices/0/And/0/Variable", "Reference path didn't start with '$'"),
                ("/States/A/Choices/0/And/0/StringEqualsPath", "Reference path didn't start with '$'"),
            ],
        );
    }
}
