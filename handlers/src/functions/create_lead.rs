//! `CreateLeadHandler`, built and invoked.

use std::sync::Arc;

use async_trait::async_trait;
use definitions::contract::CreateLeadError;
use serde_json::Value;

use super::{
    Function, FunctionError, Handler,
    function::{answer, parse},
    observed::Observed,
};
use crate::{
    clients::{Aws, Patience, Warm, leads, log_in, phone_hash_key, salesforce},
    clock::SystemClock,
    create_lead::{Deps, run},
    environment::{Environment, InvalidVariable},
};

/// Builds it.
pub async fn create_lead(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let salesforce = salesforce(environment, &aws)?;
    let dynamodb = aws.dynamodb(Patience::STEP)?;
    let deps = Deps {
        leads: Arc::new(leads(environment, dynamodb.clone())?),
        phones: phone_hash_key(environment)?,
        clock: Arc::new(SystemClock),
        salesforce: salesforce.clone(),
    };
    tokio::join!(log_in(&salesforce), dynamodb.warm(1));
    Observed::new(Handler::CreateLead, environment, deps)
}

#[async_trait]
impl Function for Deps {
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        let input = parse(payload, CreateLeadError::InputInvalid)?;
        Ok(answer(run(input, self).await?))
    }
}
