//! The labels of Map states: at most 40 characters, none of those that AWS keeps out of names, unique.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic};
use crate::validate::context::Context;
use crate::validate::texts::short;

const LONGEST: usize = 40;

/// Recorded from AWS, character by character; control characters are refused as well.
const REFUSED: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let mut first: HashMap<&str, &str> = HashMap::new();
    for (step, map) in cx.maps() {
        let Some(label) = map.label.as_deref() else { continue };
        let pointer = || format!("{}/Label", step.pointer);
        if let Some(message) = fault(label) {
            out.push(Diagnostic::error(Code::InvalidLabelName, pointer(), message).hint(
                "a label has 1 to 40 letters, digits, hyphens or underscores; \
                 without one, AWS makes one up",
            ));
        }
        if let Some(other) = first.get(label) {
            out.push(
                Diagnostic::error(
                    Code::DuplicateLabelName,
                    pointer(),
                    format!("Duplicate Label name: {}", short(label)),
                )
                .hint(format!("the first one is at {other}/Label; labels are unique")),
            );
        } else {
            first.insert(label, &step.pointer);
        }
    }
}

fn fault(label: &str) -> Option<String> {
    if label.is_empty() {
        return Some("Label cannot be empty".to_owned());
    }
    let is_refused = |c: &char| REFUSED.contains(*c) || c.is_control() || c.is_whitespace();
    if let Some(refused) = label.chars().find(is_refused) {
        return Some(format!("Label contains invalid character: '{}'", shown(refused)));
    }
    (label.chars().count() > LONGEST).then(|| {
        format!("Label '{}' exceeds the 40-character limit allowed by the service", short(label))
    })
}

/// A character as a reader can see it.
fn shown(character: char) -> String {
    match character {
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        '\\' => "\\\\".to_owned(),
        _ if character.is_control() => format!("\\x{:02x}", u32::from(character)),
        _ => character.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_states};

    #[test]
    fn a_label_is_short_plain_and_unique() {
        let map = |name: &str, label: &str, then: &str| {
            format!(
                r#""{name}": {{"Type": "Map", "Label": "{label}", {then}, "ItemProcessor": {{
                    "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
                    "StartAt": "{name}1", "States": {{"{name}1": {{"Type": "Succeed"}}}}}}}}"#
            )
        };
        let long = "a".repeat(41);
        for (label, expected) in [
            ("", "Label cannot be empty"),
            ("a$", "Label contains invalid character: '$'"),
            ("a b", "invalid character: ' '"),
            ("a\\u0001", "invalid character: '\\x01'"),
            (long.as_str(), "40-character limit"),
        ] {
            let expected = [("/States/M/Label", expected)];
            check_states(&map("M", label, r#""End": true"#), Code::InvalidLabelName, &expected);
        }
        let both = [map("M", "same", r#""Next": "N""#), map("N", "same", r#""End": true"#)].join(",");
        check_states(&both, Code::DuplicateLabelName, &[("/States/N/Label", "at /States/M/Label")]);
    }
}
