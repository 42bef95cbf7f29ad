//! One client for each service of AWS. Nothing is asked yet.

use super::{Aws, Patience};
use crate::{
    environment::{InvalidVariable, variables},
    observe::{AwsCalls, Service},
};

impl Aws {
    pub(crate) fn dynamodb(
        &self,
        patience: Patience,
    ) -> Result<aws_sdk_dynamodb::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_DYNAMODB, patience)?;
        let config = aws_sdk_dynamodb::config::Builder::from(&config);
        let config = config.interceptor(AwsCalls(Service::DynamoDb)).build();
        Ok(aws_sdk_dynamodb::Client::from_conf(config))
    }

    pub(crate) fn secrets_manager(
        &self,
    ) -> Result<aws_sdk_secretsmanager::Client, InvalidVariable> {
        let endpoint = &variables::AWS_ENDPOINT_URL_SECRETS_MANAGER;
        let config = self.service(endpoint, Patience::STEP)?;
        let config = aws_sdk_secretsmanager::config::Builder::from(&config);
        let config = config.interceptor(AwsCalls(Service::SecretsManager)).build();
        Ok(aws_sdk_secretsmanager::Client::from_conf(config))
    }

    pub(crate) fn connect(&self) -> Result<aws_sdk_connect::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_CONNECT, Patience::CALL)?;
        let config = aws_sdk_connect::config::Builder::from(&config);
        let config = config.interceptor(AwsCalls(Service::Connect)).build();
        Ok(aws_sdk_connect::Client::from_conf(config))
    }

    pub(crate) fn bedrock(&self) -> Result<aws_sdk_bedrockruntime::Client, InvalidVariable> {
        let endpoint = &variables::AWS_ENDPOINT_URL_BEDROCK_RUNTIME;
        let config = self.service(endpoint, Patience::MODEL)?;
        let config = aws_sdk_bedrockruntime::config::Builder::from(&config);
        let config = config.interceptor(AwsCalls(Service::Bedrock)).build();
        Ok(aws_sdk_bedrockruntime::Client::from_conf(config))
    }

    pub(crate) fn step_functions(
        &self,
        patience: Patience,
    ) -> Result<aws_sdk_sfn::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_SFN, patience)?;
        let config = aws_sdk_sfn::config::Builder::from(&config);
        let config = config.interceptor(AwsCalls(Service::StepFunctions)).build();
        Ok(aws_sdk_sfn::Client::from_conf(config))
    }

    pub(crate) fn sqs(&self) -> Result<aws_sdk_sqs::Client, InvalidVariable> {
        self.sqs_with(Patience::VISITOR)
    }

    /// For whoever receives messages, which may take a while, and nobody waits in a chat.
    pub(crate) fn sqs_to_search(&self) -> Result<aws_sdk_sqs::Client, InvalidVariable> {
        self.sqs_with(Patience::MODEL)
    }

    fn sqs_with(&self, patience: Patience) -> Result<aws_sdk_sqs::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_SQS, patience)?;
        let config = aws_sdk_sqs::config::Builder::from(&config);
        let config = config.interceptor(AwsCalls(Service::Sqs)).build();
        Ok(aws_sdk_sqs::Client::from_conf(config))
    }
}
