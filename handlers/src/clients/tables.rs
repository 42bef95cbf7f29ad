//! The tables, under the names that they are deployed with.

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use jiff::SignedDuration;

use crate::{
    cache::{Cache, CacheSettings, DynamoDbCache},
    clock::SystemClock,
    environment::{Environment, InvalidVariable, variables},
    records::{DynamoLeads, DynamoSuppression, PhoneHashKey, Table},
};

/// How long a record is kept.
pub(crate) fn kept_for(environment: &Environment) -> Result<SignedDuration, InvalidVariable> {
    let days = variables::RECORD_DAYS.count(environment)?;
    Ok(SignedDuration::from_hours(24 * i64::from(days)))
}

/// The table of leads and calls.
pub(crate) fn calls(environment: &Environment, client: Client) -> Result<Table, InvalidVariable> {
    let name = variables::CALLS_TABLE.text(environment)?;
    Ok(Table::new(client, name, Arc::new(SystemClock), kept_for(environment)?))
}

/// The leads in it.
pub(crate) fn leads(
    environment: &Environment,
    client: Client,
) -> Result<DynamoLeads, InvalidVariable> {
    Ok(DynamoLeads::new(calls(environment, client)?))
}

/// The table of the numbers that are not called.
pub(crate) fn suppression(
    environment: &Environment,
    client: Client,
) -> Result<DynamoSuppression, InvalidVariable> {
    let name = variables::SUPPRESSION_TABLE.text(environment)?;
    let table = Table::new(client, name, Arc::new(SystemClock), kept_for(environment)?);
    Ok(DynamoSuppression::new(table))
}

/// The table of what the model wrote.
pub(crate) fn response_cache(
    environment: &Environment,
    client: Client,
    settings: CacheSettings,
) -> Result<Arc<Cache>, InvalidVariable> {
    let name = variables::RESPONSE_CACHE_TABLE.text(environment)?;
    let table = Arc::new(DynamoDbCache::new(client, name));
    Ok(Arc::new(Cache::new(table, Arc::new(SystemClock), settings)))
}

/// The key under which the tables know numbers.
pub(crate) fn phone_hash_key(environment: &Environment) -> Result<PhoneHashKey, InvalidVariable> {
    variables::PHONE_HASH_KEY.read(environment, |key| PhoneHashKey::new(key).ok())
}
