//! `ResponseWriterHandler` on Lambda.
//!
//! Environment: `BEDROCK_MODEL_ID`, and `RESPONSE_CACHE_TABLE` where it has another name.

use std::{convert::Infallible, env, sync::Arc};

use aws_config::BehaviorVersion;
use definitions::resources::RESPONSE_CACHE;
use handlers::{
    bedrock::{BedrockModel, BedrockSettings, Breaker, BreakerSettings},
    cache::{Cache, CacheSettings, DynamoDbCache},
    clock::SystemClock,
    queue::SqsEvent,
    response_writer::{Deps, run},
};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let aws = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let clock = Arc::new(SystemClock);
    let model = BedrockModel::new(&aws, BedrockSettings::new(env::var("BEDROCK_MODEL_ID")?));
    let table =
        env::var(RESPONSE_CACHE.variable).unwrap_or_else(|_| RESPONSE_CACHE.name.to_owned());
    let table = Arc::new(DynamoDbCache::new(&aws, table));
    let deps = &Deps {
        model: Arc::new(Breaker::new(Arc::new(model), clock.clone(), BreakerSettings::default())),
        cache: Arc::new(Cache::new(table, clock, CacheSettings::RESPONSES)),
    };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<SqsEvent>| {
        Ok::<_, Infallible>(run(event.payload, deps).await)
    }))
    .await
}
