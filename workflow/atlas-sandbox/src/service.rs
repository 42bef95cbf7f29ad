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
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Salesforce,
        Self::SecretsManager,
        Self::Bedrock,
        Self::Connect,
        Self::ContactEvents,
        Self::DynamoDb,
        Self::Sqs,
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
