//! The tables: encrypted, restorable to any second of the last weeks, and kept when the stack goes.

use definitions::resources::{TABLES, Table};
use serde_json::{Value, json};

use crate::{
    arn::{logical, name},
    template::Resources,
};

pub(crate) fn add(resources: &mut Resources) {
    for table in &TABLES {
        resources.insert(logical(table.name), declared(table));
    }
}

fn declared(table: &Table) -> Value {
    // Keys and indexes are those that the sandbox creates.
    let mut properties = table.create_request(table.name);
    properties["TableName"] = name(table.name);
    properties["PointInTimeRecoverySpecification"] = json!({ "PointInTimeRecoveryEnabled": true });
    // Under the account's key for DynamoDB, whose use CloudTrail shows.
    properties["SSESpecification"] = json!({ "SSEEnabled": true });
    if let Some(mut expiry) = table.expiry_request(table.name) {
        properties["TimeToLiveSpecification"] = expiry["TimeToLiveSpecification"].take();
    }
    json!({
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    })
}
