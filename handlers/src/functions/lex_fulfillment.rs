//! `LexFulfillmentHandler`, built and invoked.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;

use super::{Function, FunctionError, Handler, function::answer, observed::Observed};
use crate::{
    cache::CacheSettings,
    clients::{Aws, Patience, Warm, model, response_cache},
    clock::SystemClock,
    environment::{Environment, InvalidVariable, variables},
    lex::{DynamoDbCallScenarios, StepFunctionsWorkflow},
    lex_fulfillment::{Deps, Settings, run},
    queue::SqsQueue,
};

/// Builds it.
pub async fn lex_fulfillment(
    environment: &Environment,
) -> Result<impl Function + use<>, InvalidVariable> {
    let aws = Aws::new(environment).await?;
    let step_functions = aws.step_functions(Patience::VISITOR)?;
    let (bedrock, sqs) = (aws.bedrock()?, aws.sqs()?);
    let (cache, calls) = (aws.dynamodb(Patience::VISITOR)?, aws.dynamodb(Patience::CALLER)?);
    let machine = variables::ATLAS_ENGINE_WORKFLOW_ARN.text(environment)?;
    let queue = variables::RESPONSE_QUEUE_URL.text(environment)?;
    let table = variables::CALLS_TABLE.text(environment)?;
    let deps = Deps {
        workflow: Arc::new(StepFunctionsWorkflow::new(step_functions.clone(), machine)),
        responses: response_cache(environment, cache.clone(), CacheSettings::RESPONSES)?,
        requests: Arc::new(SqsQueue::new(sqs.clone(), queue)),
        scenarios: Arc::new(DynamoDbCallScenarios::new(calls.clone(), table)),
        model: model(environment, bedrock.clone())?,
        clock: Arc::new(SystemClock),
        settings: Settings {
            time_zone: variables::DEFAULT_TIME_ZONE.text(environment)?,
            ..Settings::default()
        },
    };
    tokio::join!(
        step_functions.warm(1),
        sqs.warm(1),
        cache.warm(1),
        calls.warm(1),
        bedrock.warm(1),
    );
    Observed::new(Handler::LexFulfillment, environment, deps)
}

#[async_trait]
impl Function for Deps {
    /// Never an error: Lex would show it to the visitor.
    async fn invoke(&self, payload: Value) -> Result<Value, FunctionError> {
        Ok(answer(run(payload, self).await))
    }
}
