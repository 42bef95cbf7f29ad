//! `GenerateDynamicScenarioHandler`, built and invoked.

use async_trait::async_trait;
use definitions::contract::GenerateScenarioError;
use serde_json::Value;

use super::{
    Function, FunctionError, Handler,
    function::{answer, parse},
    observed::Observed,
};
use crate::{
    cache::{CacheSettings, OncePerKey},
    clients::{Aws, Patience, Warm, model, response_cache},
    environment::{Environment, InvalidVariable},
    generate_dynamic_scenario::{CacheRead, Deps, run},
};

/// Builds it.
pub async fn generate_dynamic_scenario(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let (bedrock, dynamodb) = (aws.bedrock()?, aws.dynamodb(Patience::VISITOR)?);
    let deps = Deps {
        model: model(environment, bedrock.clone())?,
        cache: response_cache(environment, dynamodb.clone(), CacheSettings::SCENARIOS)?,
        cache_read: CacheRead::default(),
        in_flight: OncePerKey::default(),
    };
    tokio::join!(bedrock.warm(1), dynamodb.warm(1));
    Observed::new(Handler::GenerateDynamicScenario, environment, deps)
}

#[async_trait]
impl Function for Deps {
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        let input = parse(payload, GenerateScenarioError::InputInvalid)?;
        Ok(answer(run(input, self).await?))
    }
}
