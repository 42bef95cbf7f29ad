//! How a definition is refused whose Map has a label that cannot be.
//!
//! The recordings (test_sfn_api_map_run, 2024-07) word it as Python prints an exception, unlike every
//! other fault of a definition; `ValidateStateMachineDefinition` gives the code of AWS's documentation.

use std::fmt::Write as _;

use atlas_asl::diagnostic::{Code, Diagnostic};

/// The refusal, where labels are all that is wrong.
pub(crate) fn refusal(faults: &[Diagnostic], definition: &str) -> Option<String> {
    let first = faults.first()?;
    faults.iter().all(|fault| fault.code == Code::InvalidLabelName).then(|| {
        let argument = quoted(&first.message);
        format!("Error=ValueError Args=[{argument}] in definition '{definition}'.")
    })
}

/// In single quotes, or in double ones where that saves a backslash.
fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::from(quote);
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character == quote => {
                quoted.push('\\');
                quoted.push(quote);
            }
            _ if character.is_control() => {
                let _ = write!(quoted, "\\x{:02x}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push(quote);
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fault_is_quoted_as_recorded() {
        for (message, expected) in [
            ("Label cannot be empty", "'Label cannot be empty'"),
            ("invalid: '$'", "\"invalid: '$'\""),
            ("invalid: '\"'", "'invalid: \\'\"\\''"),
            ("invalid: '\\x01'", "\"invalid: '\\\\x01'\""),
        ] {
            assert_eq!(quoted(message), expected);
        }
    }
}
