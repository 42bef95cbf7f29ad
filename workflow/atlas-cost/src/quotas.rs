//! What a service carries at most, out of a dated file.

use serde::{Deserialize, Serialize};

use crate::{DataError, Decimal, Evidence, dated, demand::Demanded};

const WHAT: &str = "the quotas";
const BUILT_IN: &str = include_str!("../data/quotas-us-east-1.json");

/// Quotas of one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quotas {
    /// The region that they are of.
    pub region: String,
    /// When they were looked up.
    pub as_of: String,
    /// Each of them.
    pub quotas: Vec<Quota>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Quota {
    /// Its name here: `connect.calls`.
    pub id: String,
    /// What is bounded, for people.
    pub resource: String,
    /// How many.
    pub limit: Decimal,
    /// In what time, or at once.
    pub per: Span,
    /// What of a lead counts against it.
    pub demand: Demanded,
    /// Where it was read.
    pub source: String,
    /// How it is known.
    pub evidence: Evidence,
    /// Whether it can be raised.
    pub adjustable: bool,
    /// Where to ask, and what to set then.
    pub what_to_do: String,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The time that a quota is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Span {
    /// A second.
    Second,
    /// Ten seconds.
    TenSeconds,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// 24 hours, during which leads come at the same rate.
    Day,
    /// So many at the same time: what a lead takes is the seconds that it holds one.
    AtOnce,
}

impl Span {
    /// In seconds.
    pub(crate) const fn seconds(self) -> u64 {
        match self {
            // Little's law: at a rate of one a second, as many are there as seconds that each stays.
            Self::Second | Self::AtOnce => 1,
            Self::TenSeconds => 10,
            Self::Minute => 60,
            Self::Hour => 3_600,
            Self::Day => 86_400,
        }
    }

    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Second => "/s",
            Self::TenSeconds => "/10 s",
            Self::Minute => "/min",
            Self::Hour => "/h",
            Self::Day => "/24 h",
            Self::AtOnce => " at once",
        }
    }
}

impl Quotas {
    /// Those that come with Atlas, of us-east-1.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("a test reads the built-in quotas")
    }

    /// Reads a file of quotas: the same, or those that an account was given.
    pub fn parse(text: &str) -> Result<Self, DataError> {
        let quotas: Self = dated::read(WHAT, text)?;
        match quotas.quotas.iter().find(|quota| quota.limit.is_zero()) {
            Some(quota) => Err(DataError::new(WHAT, format!("`{}`: `limit` is 0", quota.id))),
            None => Ok(quotas),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_quota_says_where_it_was_read_and_what_to_do() {
        let quotas = Quotas::parse(BUILT_IN).unwrap();
        for quota in &quotas.quotas {
            assert!(quota.source.starts_with("https://"), "{}", quota.id);
            assert!(!quota.what_to_do.is_empty(), "{}", quota.id);
            let same = quotas.quotas.iter().filter(|other| other.id == quota.id);
            assert_eq!(same.count(), 1, "{}", quota.id);
        }
        let zero = BUILT_IN.replace("\"limit\": \"10\"", "\"limit\": \"0\"");
        assert!(Quotas::parse(&zero).unwrap_err().to_string().contains("`connect.calls`"));
    }
}
