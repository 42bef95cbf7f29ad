//! One client for each service of AWS. Nothing is asked yet.

use super::{Aws, Patience};
use crate::environment::{InvalidVariable, variables};

impl Aws {
    pub(crate) fn dynamodb(
        &self,
        patience: Patience,
    ) -> Result<aws_sdk_dynamodb::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_DYNAMODB, patience)?;
        Ok(aws_sdk_dynamodb::Client::new(&config))
    }

    pub(crate) fn secrets_manager(
        &self,
    ) -> Result<aws_sdk_secretsmanager::Client, InvalidVariable> {
        let endpoint = &variables::AWS_ENDPOINT_URL_SECRETS_MANAGER;
        Ok(aws_sdk_secretsmanager::Client::new(&self.service(endpoint, Patience::STEP)?))
    }

    pub(crate) fn connect(&self) -> Result<aws_sdk_connect::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_CONNECT, Patience::CALL)?;
        Ok(aws_sdk_connect::Client::new(&config))
    }

    pub(crate) fn bedrock(&self) -> Result<aws_sdk_bedrockruntime::Client, InvalidVariable> {
        let endpoint = &variables::AWS_ENDPOINT_URL_BEDROCK_RUNTIME;
        Ok(aws_sdk_bedrockruntime::Client::new(&self.service(endpoint, Patience::MODEL)?))
    }

    pub(crate) fn step_functions(
        &self,
        patience: Patience,
    ) -> Result<aws_sdk_sfn::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_SFN, patience)?;
        Ok(aws_sdk_sfn::Client::new(&config))
    }

    pub(crate) fn sqs(&self) -> Result<aws_sdk_sqs::Client, InvalidVariable> {
        let config = self.service(&variables::AWS_ENDPOINT_URL_SQS, Patience::VISITOR)?;
        Ok(aws_sdk_sqs::Client::new(&config))
    }
}
