//! The names that `Assign` gives: letters, digits and underscores, a letter first, at most 80, not `states`.

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{QueryLanguage, escape_pointer};
use crate::validate::context::Context;
use crate::validate::fields::Content;
use crate::validate::texts::short;

const LONGEST: usize = 80;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    for step in &cx.steps {
        for field in step.fields.iter().filter(|field| field.pointer.ends_with("Assign")) {
            let (Content::Template(Value::Object(names)) | Content::Jsonata(Value::Object(names))) =
                field.content
            else {
                continue;
            };
            for key in names.keys() {
                let name = match step.language {
                    QueryLanguage::JsonPath => key.strip_suffix(".$").unwrap_or(key),
                    QueryLanguage::Jsonata => key,
                };
                if let Some((code, message, hint)) = fault(name) {
                    let pointer = format!("{}/{}/{}", step.pointer, field.pointer, escape_pointer(key));
                    out.push(Diagnostic::error(code, pointer, message).hint(hint));
                }
            }
        }
    }
}

fn fault(name: &str) -> Option<(Code, String, String)> {
    let invalid = |why: &str, hint: String| {
        let message = format!("Invalid variable name '{}': the variable name {why}.", short(name));
        Some((Code::InvalidVariableName, message, hint))
    };
    if name == "states" {
        return Some((
            Code::ReservedVariableName,
            "Cannot assign to reserved variable '$states'.".to_owned(),
            "choose another name: `$states` holds the state's input, result and context".to_owned(),
        ));
    }
    if let Some(bare) = name.strip_prefix('$') {
        return invalid(
            "contains invalid characters",
            format!("`Assign` takes the name without its dollar: `{}`", short(bare)),
        );
    }
    let starts_well = name.starts_with(|c: char| c.is_alphabetic());
    if !starts_well || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
        return invalid(
            "contains invalid characters",
            "a letter, then letters, digits and underscores".to_owned(),
        );
    }
    (name.chars().count() > LONGEST).then(|| {
        invalid("is too long", format!("a variable's name has at most {LONGEST} characters"))
    })?
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_state};

    #[test]
    fn a_variable_has_a_name_that_can_be_read_again() {
        for (name, code, expected) in [
            ("states", Code::ReservedVariableName, "Cannot assign to reserved variable '$states'."),
            ("$lead", Code::InvalidVariableName, "without its dollar: `lead`"),
            ("1st", Code::InvalidVariableName, "contains invalid characters"),
            ("lead-id", Code::InvalidVariableName, "contains invalid characters"),
        ] {
            let place = format!("/States/A/Assign/{name}");
            let state = format!(r#""Type": "Pass", "Assign": {{"{name}": 1}}"#);
            check_state(&state, code, &[(&place, expected)]);
        }
        let right = r#""Type": "Pass", "Assign": {"lead_id2.$": "$.id", "größe": 1}"#;
        check_state(right, Code::InvalidVariableName, &[]);
    }
}
