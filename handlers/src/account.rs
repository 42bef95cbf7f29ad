//! The account of AWS that a deployment is in, for whoever asks it what no handler does: `atlas doctor`.
//! Region, credentials and places of services are read as the handlers read them.

use aws_sdk_dynamodb::config::{Credentials, ProvideCredentials as _, SharedCredentialsProvider};

use crate::{
    clients::Aws,
    environment::{Environment, InvalidVariable, Variable},
};

/// An account, in a Region.
pub struct Account(Aws);

/// No credentials are found anywhere. Who was asked for them is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no credentials of AWS are found")]
pub struct NoCredentials;

impl Account {
    /// The account that these variables name, or else AWS's own chain of credentials.
    pub async fn new(environment: &Environment) -> Result<Self, InvalidVariable> {
        Aws::new(environment).await.map(Self)
    }

    /// The Region.
    pub fn region(&self) -> &str {
        self.0.region()
    }

    /// Where a service is, if not where AWS has it: by its own variable, or by that of all.
    pub fn endpoint(&self, own: &Variable) -> Result<Option<String>, InvalidVariable> {
        self.0.endpoint(own)
    }

    /// What requests are signed with.
    pub async fn credentials(&self) -> Result<Credentials, NoCredentials> {
        let provider: SharedCredentialsProvider =
            self.0.credentials_provider().ok_or(NoCredentials)?;
        provider.provide_credentials().await.map_err(|_| NoCredentials)
    }
}
