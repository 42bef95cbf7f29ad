//! What came of all checks.

use std::collections::BTreeSet;

use crate::{Check, Finding, Severity};

/// What came of all checks, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// A part for each check that was asked for, and for each that stood in its way.
    pub examined: Vec<Examined>,
}

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Which one.
    pub check: Check,
    /// Whether it was looked at.
    pub looked: Looked,
    /// What is right, in a few words, where that helps a reader.
    pub fact: Option<String>,
    /// What is not right.
    pub findings: Vec<Finding>,
}

/// Whether it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// Yes, at all of it.
    Whole,
    /// It was tried, and for this reason not all could be seen.
    Unable(String),
    /// No, because something before it is not right.
    Not(String),
}

impl Report {
    /// Every finding.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.examined.iter().flat_map(|examined| &examined.findings)
    }

    /// How bad the worst is; nothing where all is well.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings().map(|finding| finding.kind.severity).max()
    }

    /// Whether something could not be seen for a reason that is no finding.
    #[must_use]
    pub fn was_unable(&self) -> bool {
        self.examined.iter().any(|examined| matches!(examined.looked, Looked::Unable(_)))
    }

    /// Only what was asked for, and what stood in its way.
    pub(crate) fn only(mut self, wanted: &BTreeSet<Check>) -> Self {
        self.examined.retain(|examined| {
            let is_well = examined.looked == Looked::Whole && examined.findings.is_empty();
            wanted.contains(&examined.check) || !is_well
        });
        self
    }
}
