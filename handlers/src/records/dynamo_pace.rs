//! The pace in DynamoDB: a counter per second, and one item with the calls that go on.
//!
//! A call holds its place by its attempt, so taking it twice takes it once; a place that nobody gives
//! back falls free by its time.

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use definitions::contract::records::EXPIRES_AT;
use jiff::Timestamp;

use super::{
    AttemptKey, Pace, PaceLimits, Slot, StoreUnavailable, Table,
    dynamo_items::{Item, Values, Written, key, number, time},
};

/// The partition of the counters; no interaction key has a `#`.
const PACE: &str = "PACE#CONNECT";
const CALLS: &str = "calls";
/// How long a second's counter is kept.
const SECOND_KEPT_FOR: i64 = 3600;

/// The pace in the table of the calls.
#[derive(Debug, Clone)]
pub struct DynamoPace {
    table: Table,
    limits: PaceLimits,
}

impl DynamoPace {
    /// The pace of this table.
    pub fn new(table: Table, limits: PaceLimits) -> Self {
        Self { table, limits }
    }

    /// Makes the item that counts the calls, so that the first call need not: three requests on the
    /// way to a ring. Where it fails, that call makes it after all.
    pub(crate) async fn prepare(&self) {
        let _ = self.make_calls().await;
    }

    async fn take_request(&self, now: Timestamp) -> Result<bool, StoreUnavailable> {
        let values = vec![
            (":one", number(1)),
            (":limit", number(self.limits.requests_per_second.into())),
            (":expires", number(now.as_second() + SECOND_KEPT_FOR)),
        ];
        let key = key(PACE, &format!("SECOND#{}", now.as_second()));
        let update = "SET #expiresAt = :expires ADD #requests :one";
        let condition = "attribute_not_exists(#requests) OR #requests < :limit";
        let taken = self.table.update(key, update, Some(condition), values).await?;
        Ok(matches!(taken, Written::Done(_)))
    }

    async fn take_call(&self, call: &AttemptKey, now: Timestamp) -> Result<bool, StoreUnavailable> {
        let until = now + self.limits.longest_call;
        let Some(calls) = self.try_take_call(call, until).await? else { return Ok(true) };
        match calls {
            // Nothing is counted yet: the first call makes the item.
            None => self.make_calls().await?,
            // Full: what is over by its time makes room.
            Some(calls) => {
                let mut over = false;
                for (other, until) in calls {
                    if until <= now {
                        remove_call(&self.table, &other, Some(until)).await?;
                        over = true;
                    }
                }
                if !over {
                    return Ok(false);
                }
            }
        }
        Ok(self.try_take_call(call, until).await?.is_none())
    }

    /// `None` where the call has its place; else the calls that go on, where they are counted.
    async fn try_take_call(
        &self,
        call: &AttemptKey,
        until: Timestamp,
    ) -> Result<Option<Option<HashMap<String, Timestamp>>>, StoreUnavailable> {
        let field = field_of(&call.to_string());
        let update = format!("SET #calls.#{field} = :until");
        let condition = format!(
            "attribute_exists(#calls) AND (size(#calls) < :limit OR attribute_exists(#calls.#{field}))"
        );
        let limit = number(self.limits.concurrent_calls.into());
        let values = vec![(":until", time(until)), (":limit", limit)];
        match self.table.update(calls_key(), &update, Some(&condition), values).await? {
            Written::Done(_) => Ok(None),
            Written::Refused(item) => Ok(Some(item.and_then(|item| read_calls(&item)))),
        }
    }

    async fn make_calls(&self) -> Result<(), StoreUnavailable> {
        let mut item = calls_key();
        item.insert(CALLS.to_owned(), AttributeValue::M(HashMap::new()));
        self.table.put(item, "attribute_not_exists(#calls)", Values::new()).await?;
        Ok(())
    }
}

/// Gives a call's place back, whatever becomes of the call.
pub(super) async fn let_go(table: &Table, call: &AttemptKey) -> Result<(), StoreUnavailable> {
    remove_call(table, &field_of(&call.to_string()), None).await
}

async fn remove_call(
    table: &Table,
    field: &str,
    until: Option<Timestamp>,
) -> Result<(), StoreUnavailable> {
    let update = format!("REMOVE #calls.#{field}");
    let (condition, values) = match until {
        Some(until) => (format!("#calls.#{field} = :until"), vec![(":until", time(until))]),
        None => (format!("attribute_exists(#calls.#{field})"), Values::new()),
    };
    table.update(calls_key(), &update, Some(&condition), values).await?;
    Ok(())
}

#[async_trait]
impl Pace for DynamoPace {
    async fn take(&self, call: &AttemptKey, now: Timestamp) -> Result<Slot, StoreUnavailable> {
        let (request, place) = tokio::join!(self.take_request(now), self.take_call(call, now));
        match (request?, place?) {
            (true, true) => Ok(Slot::Taken),
            (true, false) => Ok(Slot::TooMany),
            (false, _) => Ok(Slot::TooFast),
        }
    }

    async fn release(&self, call: &AttemptKey) -> Result<(), StoreUnavailable> {
        let_go(&self.table, call).await
    }
}

fn calls_key() -> Item {
    key(PACE, "CALLS")
}

/// The attempt as a name that an expression takes: letters and digits only, one per attempt.
fn field_of(call: &str) -> String {
    format!("c{}", super::phone_hash::hex(call.as_bytes()))
}

fn read_calls(item: &Item) -> Option<HashMap<String, Timestamp>> {
    debug_assert!(!item.contains_key(EXPIRES_AT), "the calls that go on never expire");
    let calls = item.get(CALLS)?.as_m().ok()?;
    let calls = calls.iter().filter_map(|(call, until)| {
        let until = Timestamp::from_millisecond(until.as_n().ok()?.parse().ok()?).ok()?;
        Some((call.clone(), until))
    });
    Some(calls.collect())
}
