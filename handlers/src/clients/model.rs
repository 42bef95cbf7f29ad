//! The language model, behind its breaker.

use std::sync::Arc;

use aws_sdk_bedrockruntime::Client;

use crate::{
    bedrock::{BedrockModel, Breaker, BreakerSettings},
    clock::SystemClock,
    environment::{Environment, InvalidVariable, variables},
};

/// The model that the deployment names.
pub(crate) fn model(
    environment: &Environment,
    client: Client,
) -> Result<Arc<Breaker>, InvalidVariable> {
    let model = BedrockModel::new(client, variables::BEDROCK_MODEL_ID.text(environment)?);
    let (clock, settings) = (Arc::new(SystemClock), BreakerSettings::default());
    Ok(Arc::new(Breaker::new(Arc::new(model), clock, settings)))
}
