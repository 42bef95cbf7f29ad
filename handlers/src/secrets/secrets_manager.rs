//! AWS Secrets Manager behind the port.

use async_trait::async_trait;
use aws_sdk_secretsmanager::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::get_secret_value::GetSecretValueError,
};

use super::{SalesforceSecret, Secrets, SecretsUnavailable};
use crate::observe::Failure;

/// One secret there.
#[derive(Debug, Clone)]
pub struct SecretsManager {
    client: Client,
    secret_id: String,
}

impl SecretsManager {
    /// The secret of this name or ARN.
    pub fn new(client: Client, secret_id: impl Into<String>) -> Self {
        Self { client, secret_id: secret_id.into() }
    }
}

#[async_trait]
impl Secrets for SecretsManager {
    async fn read(&self) -> Result<SalesforceSecret, SecretsUnavailable> {
        let request = self.client.get_secret_value().secret_id(&self.secret_id);
        let answer = request.send().await.map_err(|error| unavailable(&error))?;
        let text = answer.secret_string().ok_or_else(|| {
            SecretsUnavailable::new("the secret is binary; expected a JSON object as text")
        })?;
        SalesforceSecret::parse(text).map_err(|error| SecretsUnavailable::new(error.to_string()))
    }
}

/// The service's message may name the account and the role, never a value; only its code is kept.
fn unavailable<R>(error: &SdkError<GetSecretValueError, R>) -> SecretsUnavailable {
    let code = Failure::code(error);
    let hint = match ProvideErrorMetadata::code(error) {
        Some("ResourceNotFoundException") => "; there is no secret of this name",
        Some("AccessDeniedException") => "; the role needs `secretsmanager:GetSecretValue` on it",
        Some("DecryptionFailure") => "; the role needs `kms:Decrypt` on its key",
        _ => "",
    };
    SecretsUnavailable::new(format!("Secrets Manager did not give the secret: {code}{hint}"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_secretsmanager::{error::ErrorMetadata, types::error::ResourceNotFoundException};

    use super::*;

    #[test]
    fn the_cause_says_what_to_do_and_not_what_the_service_wrote() {
        let metadata =
            ErrorMetadata::builder().code("ResourceNotFoundException").message("hunter2").build();
        let inner = ResourceNotFoundException::builder().meta(metadata).build();
        let error = GetSecretValueError::ResourceNotFoundException(inner);
        assert_eq!(
            unavailable(&SdkError::service_error(error, ())).cause,
            "Secrets Manager did not give the secret: ResourceNotFoundException; there is no secret of this name"
        );
    }
}
