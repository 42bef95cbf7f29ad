//! What a check finds: its kind, which is documented, and what was seen.

use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Leads are taken and called, and something will go wrong one day, or goes slower than it could.
    Warning,
    /// A step fails.
    Error,
}

/// A kind of finding. Its code stays what it is: scripts ask for it.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The code, as `secret.absent`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it means, in words.
    pub meaning: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Of which kind.
    pub kind: &'static Kind,
    /// What was seen, without any value of a secret.
    pub seen: String,
}

impl Severity {
    /// Its word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Kind {
    pub(crate) const fn error(
        code: &'static str,
        meaning: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { code, severity: Severity::Error, meaning, remedy }
    }

    pub(crate) const fn warning(
        code: &'static str,
        meaning: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { code, severity: Severity::Warning, meaning, remedy }
    }

    pub(crate) const fn note(
        code: &'static str,
        meaning: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { code, severity: Severity::Note, meaning, remedy }
    }
}
