//! The services that a handler calls.

/// A service outside, by the name under which lines and metrics show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Salesforce, with its login.
    Salesforce,
    /// AWS Secrets Manager.
    SecretsManager,
    /// Amazon DynamoDB.
    DynamoDb,
    /// Amazon Bedrock.
    Bedrock,
    /// Amazon Connect.
    Connect,
    /// AWS Step Functions.
    StepFunctions,
    /// Amazon SQS.
    Sqs,
}

impl Service {
    /// Its name in lines and metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Salesforce => "Salesforce",
            Self::SecretsManager => "SecretsManager",
            Self::DynamoDb => "DynamoDB",
            Self::Bedrock => "Bedrock",
            Self::Connect => "Connect",
            Self::StepFunctions => "StepFunctions",
            Self::Sqs => "SQS",
        }
    }
}
