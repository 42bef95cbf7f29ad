//! The services that are played, by the names that options, counters and the administration use.

use std::fmt;

/// An outside service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Salesforce: login and leads.
    Salesforce,
    /// AWS Secrets Manager.
    SecretsManager,
    /// Amazon Bedrock.
    Bedrock,
    /// Amazon Connect.
    Connect,
    /// The way of a contact event from Connect through EventBridge into the queue.
    ContactEvents,
    /// Amazon DynamoDB.
    DynamoDb,
    /// Amazon SQS.
    Sqs,
    /// AWS STS: who asks.
    Sts,
    /// AWS Service Quotas.
    ServiceQuotas,
    /// Amazon EventBridge: the rules, as far as they are asked for. Events go their way without it.
    EventBridge,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Salesforce,
        Self::SecretsManager,
        Self::Bedrock,
        Self::Connect,
        Self::ContactEvents,
        Self::DynamoDb,
        Self::Sqs,
        Self::Sts,
        Self::ServiceQuotas,
        Self::EventBridge,
    ];

    /// The name, as in `--fault NAME:KIND:SHARE`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Salesforce => "salesforce",
            Self::SecretsManager => "secretsmanager",
            Self::Bedrock => "bedrock",
            Self::Connect => "connect",
            Self::ContactEvents => "contact-events",
            Self::DynamoDb => "dynamodb",
            Self::Sqs => "sqs",
            Self::Sts => "sts",
            Self::ServiceQuotas => "servicequotas",
            Self::EventBridge => "events",
        }
    }

    /// The service of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
