//! The port: where the network to Secrets Manager begins.

use async_trait::async_trait;

use super::SalesforceSecret;

/// The secret could not be read, or is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct SecretsUnavailable {
    /// For a person, without a value of the secret.
    pub cause: String,
}

impl SecretsUnavailable {
    /// An error with its cause.
    pub fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into() }
    }
}

/// Reads the secret, afresh each time.
#[async_trait]
pub trait Secrets: Send + Sync {
    /// Reads it.
    async fn read(&self) -> Result<SalesforceSecret, SecretsUnavailable>;
}
