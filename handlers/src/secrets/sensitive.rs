//! A text that no log may show.

use std::fmt;

use serde::Deserialize;

/// A key, a token, a name by which we log in. It prints as `…`; `reveal` shows it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Sensitive(Box<str>);

impl Sensitive {
    /// Hides a text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text itself: for the service that needs it, never for a log.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl fmt::Display for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensitive_text_prints_as_an_ellipsis() {
        let text = Sensitive::new("hunter2");
        assert_eq!(format!("{text} {text:?}"), "… …");
        assert_eq!(text.reveal(), "hunter2");
    }
}
