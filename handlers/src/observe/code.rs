//! An error code, as the wire gave it, cut down to what a code can be.

use std::fmt;

/// The longest code that is kept.
const LONGEST: usize = 64;

/// Letters, digits, `_`, `.` and `-`, at most 64 of them.
///
/// Codes come from peers. Whatever else stands in one, an address perhaps, is not a code and is not
/// repeated: such a text becomes `unreadable`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Code(Box<str>);

impl Code {
    /// The text, if it looks like a code.
    pub fn new(text: &str) -> Self {
        let is_code = (1..=LONGEST).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
            // No phone number: a code has a letter in it.
            && text.bytes().any(|byte| byte.is_ascii_alphabetic());
        Self(if is_code { text } else { "unreadable" }.into())
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_code_is_repeated() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Code::new(text).as_str(), expected, "{text}");
        };
        check("INVALID_SESSION_ID", "INVALID_SESSION_ID");
        check("Salesforce.Unavailable", "Salesforce.Unavailable");
        check("", "unreadable");
        check("ada@example.com", "unreadable");
        check("+14155550123", "unreadable");
        check("14155550123", "unreadable");
        check(&"A".repeat(65), "unreadable");
        check("two\nlines", "unreadable");
    }
}
