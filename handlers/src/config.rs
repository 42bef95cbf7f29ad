//! What the lead steps are deployed with: environment variables by name, read once at the start.

use std::fmt;

use definitions::{contract::records::DEFAULT_RECORD_DAYS, resources::CALLS};
use jiff::SignedDuration;
use reqwest::Url;

use crate::{
    records::PhoneHashKey,
    salesforce::{Settings, is_safe_origin},
};

/// A variable is missing or malformed. Its value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable `{name}` is {fault}; expected {expected}")]
pub struct InvalidVariable {
    /// Which one.
    pub name: &'static str,
    /// What is wrong.
    pub fault: Fault,
    /// What would have been right.
    pub expected: &'static str,
}

/// What is wrong with a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It is there, and cannot be read.
    Malformed,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Malformed => "malformed",
        })
    }
}

/// How variables are read: by name.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The process's own.
pub fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// What `UpdateLeadHandler` needs.
#[derive(Debug, Clone)]
pub struct UpdateLeadConfig {
    /// `SALESFORCE_SECRET_ID`: the secret's name or ARN.
    pub secret_id: String,
    /// `SECRET_TTL_SECONDS`: how old the secret may grow.
    pub secret_time_to_live: SignedDuration,
    /// `SALESFORCE_API_VERSION`, `SALESFORCE_LOGIN_URL`, `SALESFORCE_SESSION_MINUTES`.
    pub salesforce: Settings,
    /// `CALLS_TABLE`.
    pub calls_table: String,
    /// `RECORD_DAYS`: how long an item is kept.
    pub kept_for: SignedDuration,
}

/// What `CreateLeadHandler` needs.
#[derive(Debug, Clone)]
pub struct CreateLeadConfig {
    /// What both steps need.
    pub common: UpdateLeadConfig,
    /// `PHONE_HASH_KEY`: the key under which numbers are known.
    pub phones: PhoneHashKey,
}

impl CreateLeadConfig {
    /// Reads the variables.
    pub fn read(variables: Variables<'_>) -> Result<Self, InvalidVariable> {
        let invalid = |fault| InvalidVariable {
            name: "PHONE_HASH_KEY",
            fault,
            expected: "at least 16 bytes that nobody knows",
        };
        let key = text(variables, "PHONE_HASH_KEY").ok_or_else(|| invalid(Fault::Missing))?;
        let phones = PhoneHashKey::new(key).map_err(|_| invalid(Fault::Malformed))?;
        Ok(Self { common: UpdateLeadConfig::read(variables)?, phones })
    }
}

impl UpdateLeadConfig {
    /// Reads the variables.
    pub fn read(variables: Variables<'_>) -> Result<Self, InvalidVariable> {
        let secret_id = text(variables, "SALESFORCE_SECRET_ID").ok_or(InvalidVariable {
            name: "SALESFORCE_SECRET_ID",
            fault: Fault::Missing,
            expected: "the name or the ARN of the secret with the Salesforce key",
        })?;
        let defaults = Settings::default();
        let days = u32::try_from(DEFAULT_RECORD_DAYS).expect("a year has fewer days");
        Ok(Self {
            secret_id,
            secret_time_to_live: SignedDuration::from_secs(
                number(variables, "SECRET_TTL_SECONDS", 300)?.into(),
            ),
            salesforce: Settings {
                api_version: api_version(variables, defaults.api_version)?,
                login_url: login_url(variables)?,
                session_lifetime: SignedDuration::from_mins(
                    number(variables, "SALESFORCE_SESSION_MINUTES", 60)?.into(),
                ),
                timeouts: defaults.timeouts,
            },
            calls_table: text(variables, CALLS.variable).unwrap_or_else(|| CALLS.name.to_owned()),
            kept_for: SignedDuration::from_hours(
                24 * i64::from(number(variables, "RECORD_DAYS", days)?),
            ),
        })
    }
}

fn text(variables: Variables<'_>, name: &str) -> Option<String> {
    variables(name).filter(|value| !value.trim().is_empty())
}

fn number(
    variables: Variables<'_>,
    name: &'static str,
    default: u32,
) -> Result<u32, InvalidVariable> {
    let expected = "a whole number from 1 to 1000000";
    let invalid = InvalidVariable { name, fault: Fault::Malformed, expected };
    let Some(value) = text(variables, name) else { return Ok(default) };
    let value: u32 = value.trim().parse().map_err(|_| invalid.clone())?;
    if (1..=1_000_000).contains(&value) { Ok(value) } else { Err(invalid) }
}

fn api_version(variables: Variables<'_>, default: String) -> Result<String, InvalidVariable> {
    let Some(version) = text(variables, "SALESFORCE_API_VERSION") else { return Ok(default) };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let well_formed = version
        .strip_prefix('v')
        .and_then(|version| version.split_once('.'))
        .is_some_and(|(major, minor)| digits(major) && digits(minor));
    let invalid = InvalidVariable {
        name: "SALESFORCE_API_VERSION",
        fault: Fault::Malformed,
        expected: "a version like `v66.0`",
    };
    if well_formed { Ok(version) } else { Err(invalid) }
}

fn login_url(variables: Variables<'_>) -> Result<Option<Url>, InvalidVariable> {
    let Some(url) = text(variables, "SALESFORCE_LOGIN_URL") else { return Ok(None) };
    let url = Url::parse(&url).ok().filter(is_safe_origin);
    url.map(Some).ok_or(InvalidVariable {
        name: "SALESFORCE_LOGIN_URL",
        fault: Fault::Malformed,
        expected: "`https://` and a host",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extra: &[(&str, &str)]) -> Result<CreateLeadConfig, InvalidVariable> {
        let needed =
            [("SALESFORCE_SECRET_ID", "atlas/salesforce"), ("PHONE_HASH_KEY", "0123456789abcdef")];
        CreateLeadConfig::read(&|name| {
            let mut all = extra.iter().chain(&needed);
            all.find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_is_not_said_is_as_the_contract_has_it() {
        let config = read(&[]).unwrap();
        assert_eq!(config.common.calls_table, "AtlasEngine-Calls");
        assert_eq!(config.common.salesforce.api_version, "v66.0");
        assert_eq!(config.common.salesforce.login_url, None);
        assert!(!format!("{config:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right_and_its_value_is_not_repeated() {
        let check = |name: &str, value: &str, expected: &str| {
            assert_eq!(read(&[(name, value)]).unwrap_err().to_string(), expected);
        };
        check(
            "SALESFORCE_SECRET_ID",
            "",
            "the environment variable `SALESFORCE_SECRET_ID` is missing; expected the name or the \
             ARN of the secret with the Salesforce key",
        );
        check(
            "PHONE_HASH_KEY",
            "hunter2",
            "the environment variable `PHONE_HASH_KEY` is malformed; expected at least 16 bytes \
             that nobody knows",
        );
        let malformed = |name: &'static str, value: &str| {
            let error = read(&[(name, value)]).unwrap_err();
            assert_eq!((error.name, error.fault), (name, Fault::Malformed), "{value}");
        };
        malformed("SALESFORCE_API_VERSION", "66");
        malformed("SALESFORCE_API_VERSION", "v66.0/../..");
        malformed("SALESFORCE_LOGIN_URL", "http://login.salesforce.com");
        malformed("SALESFORCE_SESSION_MINUTES", "0");
        malformed("SECRET_TTL_SECONDS", "soon");
        malformed("RECORD_DAYS", "-1");
    }
}
