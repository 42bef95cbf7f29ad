//! What a well-formed text looks like. The front door and the machine's first state read the same
//! patterns, so neither lets through what the other refuses.
//!
//! They are written in what JSONata's and Rust's regular expressions have in common, with `/` escaped.

use std::sync::LazyLock;

use regex::Regex;

/// One pattern, for all of a text.
#[derive(Debug)]
pub struct Pattern {
    source: &'static str,
    regex: LazyLock<Regex>,
}

macro_rules! pattern {
    ($(#[$doc:meta])* $name:ident = $source:literal) => {
        $(#[$doc])*
        pub static $name: Pattern = Pattern {
            source: $source,
            regex: LazyLock::new(|| Regex::new($source).expect("the pattern is ours and tested")),
        };
    };
}

impl Pattern {
    /// As a regular expression.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Whether a text is of this form.
    pub fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

pattern! {
    /// The idempotency key of the pipeline.
    INTERACTION_KEY = "^[0-9A-Za-z_-]{1,64}$"
}
pattern! {
    /// A text with something in it.
    NOT_BLANK = r"[^\s]"
}
pattern! {
    /// An e-mail address, by its shape.
    EMAIL = r"^[^@\s]+@[^@\s]+[.][^@\s.]+$"
}
pattern! {
    /// A phone number in E.164.
    PHONE = r"^\+[1-9][0-9]{1,14}$"
}
pattern! {
    /// A date with a time and an offset, RFC 3339.
    TIMESTAMP = r"^[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
}
pattern! {
    /// A language, perhaps a script, perhaps a region: `en-US`, `es`, `zh-Hans-CN`, `es-419`.
    LOCALE = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$"
}
pattern! {
    /// The name of an IANA time zone: `America/Los_Angeles`, `UTC`.
    TIME_ZONE = r"^[A-Z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_take_what_is_well_formed_and_nothing_else() {
        let check = |pattern: &Pattern, good: &[&str], bad: &[&str]| {
            for text in good {
                assert!(pattern.matches(text), "{text:?} is refused by {}", pattern.source());
            }
            for text in bad {
                assert!(!pattern.matches(text), "{text:?} is taken by {}", pattern.source());
            }
        };
        check(&INTERACTION_KEY, &["a", "3f0c_-Z"], &["", "a b", "a\n", "ä", &"x".repeat(65)]);
        check(&NOT_BLANK, &["Ada", " x"], &["", " \t\n"]);
        check(&EMAIL, &["ada@example.com"], &["", "ada", "ada@example", "a@b@c.de", "a b@c.de"]);
        check(
            &PHONE,
            &["+14155550123", "+49", "+123456789012345"],
            &["", "+0123", "4155550123", "+1 415", "+1", "+1234567890123456", "+1415555012\n"],
        );
        check(
            &TIMESTAMP,
            &["2026-11-20T17:04:05Z", "2024-02-29t00:00:60.123456789+05:30"],
            &["2026-11-20", "2026-13-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-20T24:00:00Z"],
        );
        check(&LOCALE, &["en-US", "es", "zh-Hans-CN", "es-419"], &["", "EN", "en_US", "english"]);
        check(
            &TIME_ZONE,
            &["UTC", "America/Los_Angeles", "America/Argentina/Buenos_Aires", "Etc/GMT+8"],
            &["", "pacific time", "/UTC", "America/"],
        );
    }
}
