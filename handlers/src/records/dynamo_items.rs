//! One table of DynamoDB: items, keys and conditions, and what its errors mean. All that the ports
//! say goes through here.

use std::{collections::HashMap, fmt, sync::Arc};

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use definitions::contract::records::{EXPIRES_AT, PARTITION_KEY, PHONE_HASH, SORT_KEY};
use jiff::{SignedDuration, Timestamp};

use super::StoreUnavailable;
use crate::{clock::Clock, observe::Failure};

pub(super) type Item = HashMap<String, AttributeValue>;
pub(super) type Values = Vec<(&'static str, AttributeValue)>;

/// A table, the clock, and how long its items are kept.
#[derive(Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
    clock: Arc<dyn Clock>,
    kept_for: SignedDuration,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Table").field(&self.name).finish()
    }
}

/// What became of a conditional write.
pub(super) enum Written {
    /// It was done; the item as it stands now, where the write gives it.
    Done(Item),
    /// The condition did not hold; the item that stands there.
    Refused(Option<Item>),
}

impl Table {
    /// A table by its name.
    pub fn new(
        client: Client,
        name: impl Into<Arc<str>>,
        clock: Arc<dyn Clock>,
        kept_for: SignedDuration,
    ) -> Self {
        Self { client, name: name.into(), clock, kept_for }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// When an item that is written now may go, in seconds.
    pub(super) fn expiry(&self) -> AttributeValue {
        let expiry = self.clock.now().saturating_add(self.kept_for);
        number(expiry.expect("a duration never overflows a saturating sum").as_second())
    }

    /// Now, in seconds: what an item's expiry is compared with, since DynamoDB may delete late.
    pub(super) fn now_seconds(&self) -> AttributeValue {
        number(self.clock.now().as_second())
    }

    /// Whether an item is still there for us.
    pub(super) fn is_alive(&self, item: &Item) -> bool {
        seconds_of(item).is_none_or(|expiry| expiry > self.clock.now().as_second())
    }

    /// Reads one item, consistently.
    pub(super) async fn get(&self, key: Item) -> Result<Option<Item>, StoreUnavailable> {
        let got = self
            .client
            .get_item()
            .table_name(self.name())
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(|error| unavailable("GetItem", &error))?;
        Ok(got.item.filter(|item| self.is_alive(item)))
    }

    /// Writes an item where the condition holds.
    pub(super) async fn put(
        &self,
        item: Item,
        condition: &str,
        values: Values,
    ) -> Result<Written, StoreUnavailable> {
        let key = self.key_of(&item);
        let put = self
            .client
            .put_item()
            .table_name(self.name())
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_names(names_in(&[condition]))
            .set_expression_attribute_values(values_of(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match put {
            Ok(_) => Ok(Written::Done(Item::new())),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    self.refused(failed.item.clone(), key).await
                }
                _ => Err(unavailable("PutItem", &error)),
            },
        }
    }

    /// Changes an item where the condition holds.
    pub(super) async fn update(
        &self,
        key: Item,
        update: &str,
        condition: Option<&str>,
        values: Values,
    ) -> Result<Written, StoreUnavailable> {
        let updated = self
            .client
            .update_item()
            .table_name(self.name())
            .set_key(Some(key.clone()))
            .update_expression(update)
            .set_condition_expression(condition.map(str::to_owned))
            .set_expression_attribute_names(names_in(&[update, condition.unwrap_or_default()]))
            .set_expression_attribute_values(values_of(values))
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match updated {
            Ok(updated) => Ok(Written::Done(updated.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    self.refused(failed.item.clone(), key).await
                }
                _ => Err(unavailable("UpdateItem", &error)),
            },
        }
    }

    /// Not every implementation gives the item with its refusal: then it is read.
    async fn refused(&self, item: Option<Item>, key: Item) -> Result<Written, StoreUnavailable> {
        match item {
            Some(item) => Ok(Written::Refused(Some(item))),
            None => Ok(Written::Refused(self.get(key).await?)),
        }
    }

    fn key_of(&self, item: &Item) -> Item {
        let names: &[&str] =
            if item.contains_key(SORT_KEY) { &[PARTITION_KEY, SORT_KEY] } else { &[PHONE_HASH] };
        let parts = names.iter().filter_map(|name| item.get_key_value(*name));
        parts.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// The key of an item of the calls.
pub(super) fn key(partition: &str, record: &str) -> Item {
    Item::from([(PARTITION_KEY.to_owned(), text(partition)), (SORT_KEY.to_owned(), text(record))])
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The text of an item's field.
pub(super) fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// The number of an item's field.
pub(super) fn number_of(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// The time of an item's field, in milliseconds.
pub(super) fn time_of(item: &Item, name: &str) -> Option<Timestamp> {
    Timestamp::from_millisecond(number_of(item, name)?).ok()
}

pub(super) fn time(at: Timestamp) -> AttributeValue {
    number(at.as_millisecond())
}

fn seconds_of(item: &Item) -> Option<i64> {
    number_of(item, EXPIRES_AT)
}

/// An item that does not hold what we write into it.
pub(super) fn unreadable(what: &str) -> StoreUnavailable {
    StoreUnavailable::new(format!("the table holds {what} that this version does not write"))
}

/// Attributes stand in our expressions as `#name`: none of them can then be a reserved word.
pub(super) fn names_in(expressions: &[&str]) -> Option<HashMap<String, String>> {
    let mut names = HashMap::new();
    for expression in expressions {
        for after in expression.split('#').skip(1) {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(after.len());
            names.insert(format!("#{}", &after[..end]), after[..end].to_owned());
        }
    }
    (!names.is_empty()).then_some(names)
}

pub(super) fn values_of(values: Values) -> Option<HashMap<String, AttributeValue>> {
    let values: HashMap<_, _> =
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    (!values.is_empty()).then_some(values)
}

/// Whatever keeps DynamoDB from answering. Its own words may repeat an item, so only its code is kept.
pub(super) fn unavailable<E, R>(operation: &str, error: &SdkError<E, R>) -> StoreUnavailable
where
    E: ProvideErrorMetadata,
{
    StoreUnavailable::new(format!("DynamoDB {operation}: {}", Failure::code(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_an_expression_is_declared() {
        let names = names_in(&["SET #state=:dialed, #dueAt=:due", "#state IN (:a)"]).unwrap();
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort();
        let pair = |name: &str| (format!("#{name}"), name.to_owned());
        assert_eq!(names, [pair("dueAt"), pair("state")]);
        assert_eq!(names_in(&[""]), None);
    }
}
