//! The caches' table in DynamoDB. DynamoDB deletes by `expiresAt`, late; we compare `writtenAt`.

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::AttributeValue,
};
use definitions::contract::response_cache::{EXPIRES_AT, INTENT, PARTITION_KEY, WRITTEN_AT};
use jiff::{Timestamp, Unit, fmt::temporal::DateTimePrinter};

use super::{CacheKey, CacheStore, CacheUnavailable, Entry};
use crate::observe::Failure;

const TEXT: &str = "text";
const CLAIMED_UNTIL: &str = "claimedUntil";
/// The sort key of a claim, which has a partition of its own.
const CLAIM: &str = "CLAIM";

/// The table.
#[derive(Debug, Clone)]
pub struct DynamoDbCache {
    client: Client,
    table: String,
}

impl DynamoDbCache {
    /// The table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }
}

#[async_trait]
impl CacheStore for DynamoDbCache {
    async fn newest(&self, key: &dyn CacheKey) -> Result<Option<Entry>, CacheUnavailable> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#key = :key")
            .expression_attribute_names("#key", PARTITION_KEY)
            .expression_attribute_values(":key", AttributeValue::S(key.partition()))
            .scan_index_forward(false)
            .limit(1)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        // An item of another form is none of ours.
        Ok(output.items().first().and_then(|item| {
            Some(Entry {
                text: item.get(TEXT)?.as_s().ok()?.clone(),
                written_at: item.get(WRITTEN_AT)?.as_s().ok()?.parse().ok()?,
            })
        }))
    }

    async fn write(
        &self,
        key: &dyn CacheKey,
        entry: &Entry,
        over_at: Timestamp,
    ) -> Result<(), CacheUnavailable> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(PARTITION_KEY, AttributeValue::S(key.partition()))
            .item(WRITTEN_AT, AttributeValue::S(sortable(entry.written_at)))
            .item(TEXT, AttributeValue::S(entry.text.clone()))
            .item(EXPIRES_AT, number(over_at.as_second()));
        let put = match key.intent() {
            Some(intent) => put.item(INTENT, AttributeValue::S(intent.to_owned())),
            None => put,
        };
        put.send().await.map_err(|error| unavailable(&error))?;
        Ok(())
    }

    async fn claim(
        &self,
        key: &dyn CacheKey,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, CacheUnavailable> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .item(PARTITION_KEY, AttributeValue::S(claim_partition(key)))
            .item(WRITTEN_AT, AttributeValue::S(CLAIM.to_owned()))
            .item(CLAIMED_UNTIL, number(until.as_millisecond()))
            .item(EXPIRES_AT, number(until.as_second()))
            .condition_expression("attribute_not_exists(#key) OR #until <= :now")
            .expression_attribute_names("#key", PARTITION_KEY)
            .expression_attribute_names("#until", CLAIMED_UNTIL)
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .send()
            .await;
        match put {
            Ok(_) => Ok(true),
            Err(SdkError::ServiceError(service))
                if service.err().is_conditional_check_failed_exception() =>
            {
                Ok(false)
            }
            Err(error) => Err(unavailable(&error)),
        }
    }

    async fn release(&self, key: &dyn CacheKey) -> Result<(), CacheUnavailable> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key(PARTITION_KEY, AttributeValue::S(claim_partition(key)))
            .key(WRITTEN_AT, AttributeValue::S(CLAIM.to_owned()))
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(())
    }
}

fn claim_partition(key: &dyn CacheKey) -> String {
    format!("CLAIM#{}", key.partition())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// RFC 3339 of one width, so that the order of the texts is the order of the times.
fn sortable(at: Timestamp) -> String {
    let at = at.round(Unit::Millisecond).unwrap_or(at);
    DateTimePrinter::new().precision(Some(3)).timestamp_to_string(&at)
}

fn unavailable<E: ProvideErrorMetadata>(error: &SdkError<E>) -> CacheUnavailable {
    CacheUnavailable(Failure::code(error).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_sort_keys_is_the_order_of_times() {
        let at = |millisecond| sortable(Timestamp::from_millisecond(millisecond).unwrap());
        assert_eq!(at(1_795_000_000_000), "2026-11-18T11:06:40.000Z");
        assert!(at(1_795_000_000_000) < at(1_795_000_000_001));
        assert!(at(1_795_000_000_999) < at(1_795_000_001_000));
        assert_eq!(at(5).parse::<Timestamp>().unwrap().as_millisecond(), 5);
    }
}
