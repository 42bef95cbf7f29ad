//! The checks, by name: what each needs to have been right before, and what it must be allowed to read.

use std::{fmt, str::FromStr};

/// A check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Every variable that a handler reads.
    Variables,
    /// Who asks AWS.
    Credentials,
    /// This machine's clock.
    Clock,
    /// The secret and its fields.
    Secret,
    /// The private key in it.
    Key,
    /// The login to Salesforce.
    Login,
    /// The Lead object: its external id, and the fields that are written.
    Lead,
    /// How many requests the org has left.
    Limits,
    /// The Connect instance.
    Instance,
    /// The contact flow.
    Flow,
    /// The number and the queue to call from.
    Caller,
    /// What Connect's quotas allow.
    Quotas,
    /// The language model.
    Model,
    /// The tables.
    Tables,
    /// The queues.
    Queues,
    /// The rule that brings contact events.
    Events,
    /// The state machines.
    Machines,
}

/// No check has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no check; there are {names}", names = Check::ALL.map(Check::name).join(", "))]
pub struct UnknownCheck(String);

impl Check {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 17] = [
        Self::Variables,
        Self::Credentials,
        Self::Clock,
        Self::Secret,
        Self::Key,
        Self::Login,
        Self::Lead,
        Self::Limits,
        Self::Instance,
        Self::Flow,
        Self::Caller,
        Self::Quotas,
        Self::Model,
        Self::Tables,
        Self::Queues,
        Self::Events,
        Self::Machines,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Variables => "variables",
            Self::Credentials => "credentials",
            Self::Clock => "clock",
            Self::Secret => "secret",
            Self::Key => "key",
            Self::Login => "login",
            Self::Lead => "lead",
            Self::Limits => "limits",
            Self::Instance => "instance",
            Self::Flow => "flow",
            Self::Caller => "caller",
            Self::Quotas => "quotas",
            Self::Model => "model",
            Self::Tables => "tables",
            Self::Queues => "queues",
            Self::Events => "events",
            Self::Machines => "machines",
        }
    }

    /// What has to be looked at first.
    #[must_use]
    pub fn needs(self) -> &'static [Self] {
        match self {
            Self::Variables => &[],
            Self::Credentials => &[Self::Variables],
            Self::Clock
            | Self::Secret
            | Self::Instance
            | Self::Model
            | Self::Tables
            | Self::Queues
            | Self::Machines => &[Self::Credentials],
            Self::Key => &[Self::Secret],
            Self::Login => &[Self::Key],
            Self::Lead | Self::Limits => &[Self::Login],
            Self::Flow | Self::Caller | Self::Quotas => &[Self::Instance],
            Self::Events => &[Self::Queues],
        }
    }

    /// The permissions that it needs, in IAM's words. `sts:GetCallerIdentity` needs none.
    #[must_use]
    pub fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::Variables
            | Self::Credentials
            | Self::Clock
            | Self::Key
            | Self::Login
            | Self::Lead
            | Self::Limits => &[],
            Self::Secret => &["secretsmanager:GetSecretValue"],
            Self::Instance => &["connect:DescribeInstance"],
            Self::Flow => &["connect:DescribeContactFlow"],
            Self::Caller => &["connect:DescribeQueue", "connect:ListPhoneNumbersV2"],
            Self::Quotas => &["servicequotas:GetServiceQuota"],
            Self::Model => &["bedrock:InvokeModel"],
            Self::Tables => &[
                "dynamodb:DescribeTable",
                "dynamodb:DescribeTimeToLive",
                "dynamodb:DescribeContinuousBackups",
            ],
            Self::Queues => &["sqs:GetQueueUrl", "sqs:GetQueueAttributes"],
            Self::Events => &["events:ListRuleNamesByTarget", "events:DescribeRule"],
            Self::Machines => &["states:DescribeStateMachine", "states:DescribeStateMachineAlias"],
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Check {
    type Err = UnknownCheck;

    fn from_str(name: &str) -> Result<Self, UnknownCheck> {
        let named = Self::ALL.into_iter().find(|check| check.name() == name);
        named.ok_or_else(|| UnknownCheck(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_named_once_and_comes_after_what_it_needs() {
        for (index, check) in Check::ALL.into_iter().enumerate() {
            assert_eq!(check.name().parse(), Ok(check));
            for needed in check.needs() {
                assert!(Check::ALL[..index].contains(needed), "{check} needs {needed}");
            }
        }
        let unknown = "numbers".parse::<Check>().unwrap_err().to_string();
        assert!(unknown.starts_with("`numbers` is no check; there are variables,"), "{unknown}");
    }
}
