//! What a check writes down while it looks.

use crate::{
    aws::AwsError,
    finding::{Finding, Kind},
};

/// The notes of one check. Those that were written before its time was up are kept.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) findings: Vec<Finding>,
    pub(crate) unable: Option<String>,
    pub(crate) fact: Option<String>,
}

impl Notes {
    /// Something is not as it should be.
    pub(crate) fn find(&mut self, kind: &'static Kind, seen: impl Into<String>) {
        self.findings.push(Finding { kind, seen: seen.into() });
    }

    /// Something cannot be seen. The first reason is told.
    pub(crate) fn unable(&mut self, why: impl Into<String>) {
        self.unable.get_or_insert_with(|| why.into());
    }

    /// What is right, for whoever reads.
    pub(crate) fn fact(&mut self, fact: impl Into<String>) {
        self.fact = Some(fact.into());
    }

    /// AWS does not say what was asked of it, for a reason that has nothing to do with what is looked at.
    pub(crate) fn not_told(&mut self, permission: &str, error: &AwsError) {
        self.unable(match error {
            AwsError::Refused { code, .. } if is_denied(code.as_str()) => {
                format!("whoever looks is not allowed to: it takes `{permission}`")
            }
            other => format!("`{permission}`: {other}"),
        });
    }
}

/// Whether AWS says so that the caller lacks a permission.
pub(crate) fn is_denied(code: &str) -> bool {
    ["AccessDeniedException", "AccessDenied", "NotAuthorized", "UnauthorizedOperation"]
        .contains(&code)
}
