//! `GenerateDynamicScenarioHandler` on Lambda.
//!
//! Environment: `BEDROCK_MODEL_ID`, and `RESPONSE_CACHE_TABLE` where it has another name.

use std::{env, sync::Arc};

use aws_config::BehaviorVersion;
use definitions::contract::GenerateScenarioError;
use definitions::resources::RESPONSE_CACHE;
use handlers::{
    bedrock::{BedrockModel, BedrockSettings, Breaker, BreakerSettings},
    cache::{Cache, CacheSettings, DynamoDbCache, OncePerKey},
    clock::SystemClock,
    generate_dynamic_scenario::{CacheRead, Deps, run},
    raised::Raised,
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let aws = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let model = BedrockModel::new(&aws, BedrockSettings::new(env::var("BEDROCK_MODEL_ID")?));
    let table =
        env::var(RESPONSE_CACHE.variable).unwrap_or_else(|_| RESPONSE_CACHE.name.to_owned());
    let (clock, table) = (Arc::new(SystemClock), Arc::new(DynamoDbCache::new(&aws, table)));
    let deps = &Deps {
        model: Arc::new(Breaker::new(Arc::new(model), clock.clone(), BreakerSettings::default())),
        cache: Arc::new(Cache::new(table, clock, CacheSettings::SCENARIOS)),
        cache_read: CacheRead::default(),
        in_flight: OncePerKey::default(),
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        // What serde would say can repeat what stands there.
        let input = serde_json::from_value(event.payload).map_err(|_| {
            let cause = "the payload is not what `GenerateScenario` takes";
            Raised::new(GenerateScenarioError::InputInvalid, cause)
        })?;
        run(input, deps).await
    }))
    .await
}
