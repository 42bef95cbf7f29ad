//! DynamoDB: the embedded emulator, in memory, behind DynamoDB's wire protocol.

use dynoxide::{Database, DynoxideError};
use serde_json::Value;
use thiserror::Error;

use crate::reply::Reply;

pub(crate) struct Tables(Database);

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
    pub(crate) fn new(tables: &[Value]) -> Result<Self, TableError> {
        let database = Database::memory().map_err(|error| TableError(error.to_string()))?;
        for table in tables {
            let request = serde_json::from_value(table.clone())
                .map_err(|error| TableError(error.to_string()))?;
            database.create_table(request).map_err(|error| TableError(error.to_string()))?;
        }
        Ok(Self(database))
    }

    pub(crate) fn answer(&self, operation: &str, body: &[u8]) -> Reply {
        let reply = match self.dispatch(operation, body) {
            Ok(body) => {
                #[cfg(test)]
                assert_fits(operation, &body);
                Reply::empty(200).bytes(body)
            }
            Err(error) => Reply::empty(error.status_code()).bytes(error.to_json()),
        };
        reply
            .with("content-type", "application/x-amz-json-1.0")
            .with("x-amzn-requestid", uuid::Uuid::new_v4().to_string())
    }

    fn dispatch(&self, operation: &str, body: &[u8]) -> Result<String, DynoxideError> {
        macro_rules! perform {
            ($method:ident) => {{
                let request = serde_json::from_slice(body).map_err(unreadable)?;
                let response = self.0.$method(request)?;
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

/// The emulator words a value that DynamoDB refuses into the parser's error, after its name.
fn unreadable(error: serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    match text.split_once("VALIDATION:") {
        Some((_, rest)) => DynoxideError::ValidationException(
            rest.split(" at line ").next().unwrap_or(rest).to_owned(),
        ),
        None => DynoxideError::SerializationException(text),
    }
}

#[cfg(test)]
fn assert_fits(operation: &str, body: &str) {
    let body = serde_json::from_str(body).unwrap();
    let model = crate::api_model::of(crate::service::Service::DynamoDb).unwrap();
    assert_eq!(model.output_misfits(operation, &body), [], "{operation} {body}");
}
