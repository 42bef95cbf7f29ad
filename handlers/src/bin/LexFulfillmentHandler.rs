//! `LexFulfillmentHandler` on Lambda.
//!
//! Environment: `ATLAS_ENGINE_WORKFLOW_ARN`, `RESPONSE_QUEUE_URL`, `BEDROCK_MODEL_ID`; where they have
//! other names `RESPONSE_CACHE_TABLE` and `CALLS_TABLE`; `DEFAULT_TIME_ZONE`.

use std::{convert::Infallible, env, sync::Arc};

use aws_config::BehaviorVersion;
use definitions::resources::{CALLS, RESPONSE_CACHE, RESPONSE_REQUESTS};
use handlers::{
    bedrock::{BedrockModel, BedrockSettings, Breaker, BreakerSettings},
    cache::{Cache, CacheSettings, DynamoDbCache},
    clock::SystemClock,
    lex::{DynamoDbCallScenarios, StepFunctionsWorkflow},
    lex_fulfillment::{Deps, Settings, run},
    queue::SqsQueue,
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let or = |name: &str, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
    let aws = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let clock = Arc::new(SystemClock);
    let model = BedrockModel::new(&aws, BedrockSettings::new(env::var("BEDROCK_MODEL_ID")?));
    let table = DynamoDbCache::new(&aws, or(RESPONSE_CACHE.variable, RESPONSE_CACHE.name));
    let settings = Settings::default();
    let time_zone = or("DEFAULT_TIME_ZONE", &settings.time_zone);
    let machine = env::var("ATLAS_ENGINE_WORKFLOW_ARN")?;
    let calls = or(CALLS.variable, CALLS.name);
    let deps = &Deps {
        workflow: Arc::new(StepFunctionsWorkflow::new(&aws, machine)),
        responses: Arc::new(Cache::new(Arc::new(table), clock.clone(), CacheSettings::RESPONSES)),
        requests: Arc::new(SqsQueue::new(&aws, env::var(RESPONSE_REQUESTS.variable)?)),
        scenarios: Arc::new(DynamoDbCallScenarios::new(&aws, calls)),
        model: Arc::new(Breaker::new(Arc::new(model), clock.clone(), BreakerSettings::default())),
        clock,
        settings: Settings { time_zone, ..settings },
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        Ok::<_, Infallible>(run(event.payload, deps).await)
    }))
    .await
}
