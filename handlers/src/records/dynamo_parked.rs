//! What the state machines parked, in DynamoDB.

use async_trait::async_trait;
use aws_sdk_dynamodb::{operation::delete_item::DeleteItemError, types::AttributeValue};
use definitions::contract::{
    InteractionKey,
    records::{PARKED, PARTITION_KEY, SORT_KEY, UNREPORTED_PREFIX},
};
use serde_json::{Map, Value};

use super::{
    Parked, ParkedRecords, StoreUnavailable, Table,
    dynamo_items::{Item, Values, key, names_in, text, text_of, unavailable, values_of},
};

/// What tells an item from one that is parked later in its place.
const PARKED_AT: &str = "parkedAt";

/// What is parked in the table of the calls.
#[derive(Debug, Clone)]
pub struct DynamoParked {
    table: Table,
}

impl DynamoParked {
    /// What is parked in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    fn read_alive(&self, items: &[Item]) -> Vec<Parked> {
        items.iter().filter(|item| self.table.is_alive(item)).filter_map(read).collect()
    }
}

#[async_trait]
impl ParkedRecords for DynamoParked {
    async fn all(&self) -> Result<Vec<Parked>, StoreUnavailable> {
        let filter = "#record = :parked OR begins_with(#record, :unreported)";
        let values = vec![(":parked", text(PARKED)), (":unreported", text(UNREPORTED_PREFIX))];
        let scan = self.table.client().scan().table_name(self.table.name());
        let mut pages = scan
            .filter_expression(filter)
            .set_expression_attribute_names(names_in(&[filter]))
            .set_expression_attribute_values(values_of(values))
            .into_paginator()
            .send();
        let mut parked = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| unavailable("Scan", &error))?;
            parked.extend(self.read_alive(page.items()));
        }
        Ok(parked)
    }

    async fn of(&self, of: &InteractionKey) -> Result<Vec<Parked>, StoreUnavailable> {
        let condition = "#interactionKey = :key";
        let found = self
            .table
            .client()
            .query()
            .table_name(self.table.name())
            .consistent_read(true)
            .key_condition_expression(condition)
            .set_expression_attribute_names(names_in(&[condition]))
            .set_expression_attribute_values(values_of(vec![(":key", text(of.as_str()))]))
            .send()
            .await
            .map_err(|error| unavailable("Query", &error))?;
        Ok(self.read_alive(found.items()))
    }

    async fn replayed(&self, parked: &Parked) -> Result<bool, StoreUnavailable> {
        if !is_parked(&parked.record) {
            return Err(StoreUnavailable::new("only a parked item is forgotten"));
        }
        let parked_at = parked.fields.get(PARKED_AT).and_then(Value::as_str);
        let (condition, values): (_, Values) = match parked_at {
            Some(at) => ("#parkedAt = :at", vec![(":at", text(at))]),
            None => ("attribute_exists(#record)", Vec::new()),
        };
        let deleted = self
            .table
            .client()
            .delete_item()
            .table_name(self.table.name())
            .set_key(Some(key(parked.interaction_key.as_str(), &parked.record)))
            .condition_expression(condition)
            .set_expression_attribute_names(names_in(&[condition]))
            .set_expression_attribute_values(values_of(values))
            .send()
            .await;
        match deleted {
            Ok(_) => Ok(true),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(_)) => Ok(false),
                _ => Err(unavailable("DeleteItem", &error)),
            },
        }
    }
}

fn is_parked(record: &str) -> bool {
    record == PARKED || record.starts_with(UNREPORTED_PREFIX)
}

fn read(item: &Item) -> Option<Parked> {
    let record = text_of(item, SORT_KEY)?;
    if !is_parked(record) {
        return None;
    }
    let mut fields = Map::new();
    for (name, value) in item {
        let value = match value {
            AttributeValue::S(text) => Value::from(text.as_str()),
            AttributeValue::N(digits) => serde_json::from_str(digits).ok()?,
            _ => continue,
        };
        if name != PARTITION_KEY && name != SORT_KEY {
            fields.insert(name.clone(), value);
        }
    }
    let interaction_key = text_of(item, PARTITION_KEY)?.parse().ok()?;
    Some(Parked { interaction_key, record: record.to_owned(), fields })
}
