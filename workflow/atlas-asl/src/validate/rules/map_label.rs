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
        _ if character.is_control() => format!("\\x{:02x}", u32::from(character)),
        _ => character.to_string(),
    }
}
