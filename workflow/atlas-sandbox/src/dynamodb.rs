//! DynamoDB: the embedded emulator, in memory, behind DynamoDB's wire protocol.

use std::collections::HashMap;

use dynoxide::{
    Database, DynoxideError,
    actions::{
        delete_item::DeleteItemRequest, get_item::GetItemRequest, put_item::PutItemRequest,
        query::QueryRequest, update_item::UpdateItemRequest,
    },
};
use serde_json::{Value, json};
use thiserror::Error;

use crate::{
    aws::{self, Refusal},
    options::Options,
    reply::Reply,
    route::canonical,
    service::Service,
};

pub(crate) struct Tables {
    database: Database,
    /// The key attributes of each table that was asked for them.
    keys: HashMap<String, Vec<String>>,
    point_in_time_recovery: bool,
}

/// The capacity that a call took of a table and its indexes. Reads can take half a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consumed {
    pub(crate) table: String,
    pub(crate) halves: u64,
}

impl Consumed {
    fn of(table: String, units: f64) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an item of 400 KB takes a few hundred units"
        )]
        let halves = (units * 2.0).round() as u64;
        Self { table, halves }
    }
}

/// A table that was asked for and is none.
#[derive(Debug, Error)]
#[error("a DynamoDB table of the sandbox cannot be created: {0}")]
pub struct TableError(String);

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tables(..)")
    }
}

impl Tables {
    /// Creates tables from the bodies of `CreateTable` requests, and says of them what expires.
    pub(crate) fn new(options: &Options) -> Result<Self, TableError> {
        let wrong = |error: DynoxideError| TableError(error.to_string());
        let database = Self {
            database: Database::memory().map_err(wrong)?,
            keys: HashMap::new(),
            point_in_time_recovery: options.point_in_time_recovery,
        };
        let tables = options.tables.iter().map(|table| ("CreateTable", table));
        for (operation, request) in
            tables.chain(options.expiries.iter().map(|expiry| ("UpdateTimeToLive", expiry)))
        {
            database.dispatch(operation, request.to_string().as_bytes()).map_err(wrong)?;
        }
        Ok(database)
    }

    /// The answer, and what the call would be billed for.
    pub(crate) fn answer(&mut self, operation: &str, body: &[u8]) -> (Reply, Option<Consumed>) {
        if operation == "DeleteTable" {
            self.keys.clear();
        }
        if operation == "DescribeContinuousBackups" {
            return (self.continuous_backups(body), None);
        }
        let mut consumed = None;
        let answered = self.metered(operation, body, &mut consumed);
        let reply = match answered {
            Ok(body) => {
                #[cfg(test)]
                assert_fits(operation, &body);
                Reply::empty(200).bytes(body)
            }
            Err(error) => Reply::empty(error.status_code()).bytes(error.to_json()),
        };
        let reply = reply
            .with("content-type", "application/x-amz-json-1.0")
            .with("x-amzn-requestid", uuid::Uuid::new_v4().to_string());
        (reply, consumed)
    }

    /// Does what handlers do with items, and notes the capacity that it takes, whether or not it was asked for.
    fn metered(
        &self,
        operation: &str,
        body: &[u8],
        consumed: &mut Option<Consumed>,
    ) -> Result<String, DynoxideError> {
        macro_rules! perform {
            ($method:ident, $request:ty) => {{
                let mut request: $request = serde_json::from_slice(body).map_err(unreadable)?;
                let table = request.table_name.clone();
                let is_asked_for = request.return_consumed_capacity.is_some();
                if !is_asked_for {
                    request.return_consumed_capacity = Some("TOTAL".to_owned());
                }
                let answered = self.database.$method(request);
                if let Err(DynoxideError::ConditionalCheckFailedException(..)) = &answered {
                    // A write that its condition refuses is billed as one: by the item that is there, so by one
                    // unit at least.
                    *consumed = Some(Consumed { table: table.clone(), halves: 2 });
                }
                let mut response = answered?;
                if let Some(told) = &response.consumed_capacity {
                    *consumed = Some(Consumed::of(table, told.capacity_units));
                }
                if !is_asked_for {
                    response.consumed_capacity = None;
                }
                serde_json::to_string(&response).map_err(unreadable)
            }};
        }
        match operation {
            "DeleteItem" => perform!(delete_item, DeleteItemRequest),
            "GetItem" => perform!(get_item, GetItemRequest),
            "PutItem" => perform!(put_item, PutItemRequest),
            "Query" => perform!(query, QueryRequest),
            "UpdateItem" => perform!(update_item, UpdateItemRequest),
            _ => self.dispatch(operation, body),
        }
    }

    /// The emulator has no backups; this is what AWS says of a table that has them on, or off.
    fn continuous_backups(&mut self, body: &[u8]) -> Reply {
        let asked: Value = serde_json::from_slice(body).unwrap_or_default();
        let table = asked["TableName"].as_str().unwrap_or_default();
        if self.key_names(table).is_empty() {
            let message = format!("Table not found: {table}");
            let refusal = Refusal::new(400, "TableNotFoundException", message);
            return aws::reply(Service::DynamoDb, Err(refusal));
        }
        let status = if self.point_in_time_recovery { "ENABLED" } else { "DISABLED" };
        let told = json!({
            "ContinuousBackupsDescription": {
                "ContinuousBackupsStatus": "ENABLED",
                "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": status },
            },
        });
        #[cfg(test)]
        assert_fits("DescribeContinuousBackups", &told.to_string());
        aws::reply(Service::DynamoDb, Ok(told))
    }

    /// The key attributes of a table; none where there is no such table.
    pub(crate) fn key_names(&mut self, table: &str) -> Vec<String> {
        if let Some(known) = self.keys.get(table) {
            return known.clone();
        }
        let request = json!({ "TableName": table }).to_string();
        let told = self.dispatch("DescribeTable", request.as_bytes()).unwrap_or_default();
        let told: Value = serde_json::from_str(&told).unwrap_or_default();
        let keys = told["Table"]["KeySchema"].as_array();
        let keys: Vec<String> = keys
            .into_iter()
            .flatten()
            .filter_map(|key| key["AttributeName"].as_str().map(str::to_owned))
            .collect();
        if !keys.is_empty() {
            self.keys.insert(table.to_owned(), keys.clone());
        }
        keys
    }

    /// Every item of a table, for the administration.
    pub(crate) fn items(&self, table: &str) -> Result<Vec<Value>, String> {
        let mut request = json!({ "TableName": table, "ConsistentRead": true });
        let mut items = Vec::new();
        loop {
            let page = self.dispatch("Scan", request.to_string().as_bytes());
            let page: Value = serde_json::from_str(&page.map_err(|error| error.to_string())?)
                .map_err(|error| error.to_string())?;
            items.extend(page["Items"].as_array().cloned().unwrap_or_default());
            if page["LastEvaluatedKey"].is_null() {
                return Ok(items);
            }
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"].clone();
        }
    }

    fn dispatch(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        macro_rules! perform {
            ($method:ident) => {{
                let request = serde_json::from_slice(body).map_err(unreadable)?;
                let response = self.database.$method(request)?;
                serde_json::to_string(&response).map_err(unreadable)
            }};
        }
        match operation {
            "BatchGetItem" => perform!(batch_get_item),
            "BatchWriteItem" => perform!(batch_write_item),
            "CreateTable" => perform!(create_table),
            "DeleteItem" => perform!(delete_item),
            "DeleteTable" => perform!(delete_table),
            "DescribeTable" => perform!(describe_table),
            "DescribeTimeToLive" => perform!(describe_time_to_live),
            "GetItem" => perform!(get_item),
            "ListTables" => perform!(list_tables),
            "PutItem" => perform!(put_item),
            "Query" => perform!(query),
            "Scan" => perform!(scan),
            "TransactGetItems" => perform!(transact_get_items),
            "TransactWriteItems" => perform!(transact_write_items),
            "UpdateItem" => perform!(update_item),
            "UpdateTimeToLive" => perform!(update_time_to_live),
            other => Err(DynoxideError::ValidationException(format!("`{other}` is not played"))),
        }
    }
}

/// The emulator marks in the parser's error which class DynamoDB would answer with.
fn unreadable(error: serde_json::Error) -> DynoxideError {
    const MARKS: [(&str, bool); 3] =
        [("VALIDATION_REQUEST:", true), ("VALIDATION:", true), ("SERIALIZATION:", false)];
    const ABSENT: [&str; 4] =
        ["missing field", "unknown variant", "invalid type: null", "AttributeValue"];
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let marked =
        MARKS.iter().find_map(|(mark, validation)| Some((text.strip_prefix(mark)?, *validation)));
    match marked.unwrap_or((text, ABSENT.iter().any(|absent| text.contains(absent)))) {
        (message, true) => DynoxideError::ValidationException(message.to_owned()),
        (message, false) => DynoxideError::SerializationException(message.to_owned()),
    }
}

/// The keys that a request is about: what else is in an item, as a timestamp, changes from run to run.
pub(crate) fn subject(body: &Value, mut key_names: impl FnMut(&str) -> Vec<String>) -> String {
    let mut of_one = |part: &Value| {
        let table = part["TableName"].as_str().unwrap_or_default();
        let key = match (&part["Key"], &part["Item"]) {
            (Value::Null, Value::Null) => canonical(&part["ExpressionAttributeValues"]),
            (Value::Null, item) => {
                let key =
                    key_names(table).into_iter().map(|name| (name.clone(), item[&name].clone()));
                canonical(&key.collect())
            }
            (key, _) => canonical(key),
        };
        format!("{table} {key}")
    };
    match body["TransactItems"].as_array() {
        Some(parts) => {
            let parts = parts.iter().filter_map(|part| part.as_object()?.values().next());
            parts.map(of_one).collect::<Vec<_>>().join(" ")
        }
        None => of_one(body),
    }
}

#[cfg(test)]
fn assert_fits(operation: &str, body: &str) {
    let body = serde_json::from_str(body).unwrap();
    let model = crate::api_model::of(crate::service::Service::DynamoDb).unwrap();
    assert_eq!(model.output_misfits(operation, &body), [], "{operation} {body}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_about_its_keys_however_they_are_ordered() {
        let names = |_: &str| vec!["pk".to_owned(), "sk".to_owned()];
        let expected = r#"T {"pk":{"S":"a"},"sk":{"S":"b"}}"#;
        for body in [
            json!({ "TableName": "T", "Key": { "sk": { "S": "b" }, "pk": { "S": "a" } } }),
            json!({ "TableName": "T", "Item": { "at": { "N": "1" }, "sk": { "S": "b" }, "pk": { "S": "a" } } }),
            json!({ "TransactItems": [{ "Put": { "TableName": "T", "Item": { "pk": { "S": "a" }, "sk": { "S": "b" } } } }] }),
        ] {
            assert_eq!(subject(&body, names), expected);
        }
    }
}
