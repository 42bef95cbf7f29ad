//! `UpdateLeadHandler`, built and invoked.

use std::sync::Arc;

use async_trait::async_trait;
use definitions::contract::UpdateLeadError;
use serde_json::Value;

use super::{
    Function, FunctionError, Handler,
    function::{answer, parse},
    observed::Observed,
};
use crate::{
    clients::{Aws, Patience, Warm, leads, log_in, salesforce},
    clock::SystemClock,
    environment::{Environment, InvalidVariable},
    update_lead::{Deps, run},
};

/// Builds it.
pub async fn update_lead(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let salesforce = salesforce(environment, &aws)?;
    let dynamodb = aws.dynamodb(Patience::STEP)?;
    let deps = Deps {
        leads: Arc::new(leads(environment, dynamodb.clone())?),
        clock: Arc::new(SystemClock),
        salesforce: salesforce.clone(),
    };
    tokio::join!(log_in(&salesforce), dynamodb.warm(1));
    Observed::new(Handler::UpdateLead, environment, deps)
}

#[async_trait]
impl Function for Deps {
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        let input = parse(payload, UpdateLeadError::InputInvalid)?;
        Ok(answer(run(input, self).await?))
    }
}
