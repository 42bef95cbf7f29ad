//! `ResponseWriterHandler`, built and invoked.

use async_trait::async_trait;
use serde_json::Value;

use super::{Function, FunctionError, Handler, function::answer, observed::Observed};
use crate::{
    cache::CacheSettings,
    clients::{Aws, Patience, Warm, model, response_cache},
    environment::{Environment, InvalidVariable},
    response_writer::{Deps, run},
};

/// Builds it.
pub async fn response_writer(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let (bedrock, dynamodb) = (aws.bedrock()?, aws.dynamodb(Patience::VISITOR)?);
    let deps = Deps {
        model: model(environment, bedrock.clone())?,
        cache: response_cache(environment, dynamodb.clone(), CacheSettings::RESPONSES)?,
    };
    tokio::join!(bedrock.warm(1), dynamodb.warm(1));
    Observed::new(Handler::ResponseWriter, environment, deps)
}

#[async_trait]
impl Function for Deps {
    /// Never an error: what failed stands in the answer.
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        Ok(answer(run(payload, self).await))
    }
}
