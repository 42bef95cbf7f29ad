//! The scenario of a call, from the attempt in `AtlasEngine-Calls`.

use async_trait::async_trait;
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use definitions::contract::{
    InteractionKey, Scenario,
    records::{PARTITION_KEY, SORT_KEY},
};

use crate::{
    lex_fulfillment::{CallScenarios, ScenarioUnavailable},
    observe::Failure,
};

/// What the sort key of an attempt begins with.
const ATTEMPT_PREFIX: &str = "ATTEMPT#";
/// The attribute with the scenario, as JSON.
const SCENARIO: &str = "scenario";

/// The table of the calls, read.
#[derive(Debug, Clone)]
pub struct DynamoDbCallScenarios {
    client: Client,
    table: String,
}

impl DynamoDbCallScenarios {
    /// The table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }
}

#[async_trait]
impl CallScenarios for DynamoDbCallScenarios {
    async fn scenario(
        &self,
        key: &InteractionKey,
    ) -> Result<Option<Scenario>, ScenarioUnavailable> {
        // Any attempt: all attempts of an interaction have one scenario.
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#key = :key AND begins_with(#record, :attempt)")
            .expression_attribute_names("#key", PARTITION_KEY)
            .expression_attribute_names("#record", SORT_KEY)
            .expression_attribute_values(":key", AttributeValue::S(key.as_str().to_owned()))
            .expression_attribute_values(":attempt", AttributeValue::S(ATTEMPT_PREFIX.to_owned()))
            .limit(1)
            .send()
            .await
            .map_err(|error| ScenarioUnavailable(Failure::code(&error).to_string()))?;
        Ok(output
            .items()
            .first()
            .and_then(|item| serde_json::from_str(item.get(SCENARIO)?.as_s().ok()?).ok()))
    }
}
