//! The tables as requests that create them: for the sandbox, for tests, and as what a deployment
//! template must say.

use aws_sdk_dynamodb::{
    operation::create_table::{CreateTableInput, builders::CreateTableInputBuilder},
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType, ScalarAttributeType,
    },
};
use definitions::contract::records::{PARTITION_KEY, SORT_KEY};

use super::dynamo_items::{CONTACT_ID, DUE_AT, LEAD_ID, OPEN, PHONE_HASH};

/// The calls, where the deployment gives no other name.
pub const CALLS_TABLE: &str = "AtlasEngine-Calls";
/// The numbers that must not be called, where the deployment gives no other name.
pub const SUPPRESSION_TABLE: &str = "AtlasEngine-Suppression";

/// Attempts by contact.
pub const CONTACT_INDEX: &str = "by-contact";
/// Attempts and leads by the lead in Salesforce.
pub const LEAD_INDEX: &str = "by-lead";
/// Attempts and leads by the phone's hash.
pub const PHONE_INDEX: &str = "by-phone";
/// Attempts whose token is not answered, by when they are due. Only those are in it.
pub const OVERDUE_INDEX: &str = "by-due";

/// Creates the table of the calls.
pub fn create_calls_table(name: &str) -> CreateTableInput {
    let table = keyed(name, PARTITION_KEY, Some((SORT_KEY, ScalarAttributeType::S)));
    let table = indexed(table, CONTACT_INDEX, CONTACT_ID, None, ProjectionType::KeysOnly);
    let table = indexed(table, LEAD_INDEX, LEAD_ID, None, ProjectionType::KeysOnly);
    let table = indexed(table, PHONE_INDEX, PHONE_HASH, None, ProjectionType::KeysOnly);
    let due = Some((DUE_AT, ScalarAttributeType::N));
    finished(indexed(table, OVERDUE_INDEX, OPEN, due, ProjectionType::KeysOnly))
}

/// Creates the table of the numbers that must not be called.
pub fn create_suppression_table(name: &str) -> CreateTableInput {
    finished(keyed(name, PHONE_HASH, None))
}

type RangeKey = Option<(&'static str, ScalarAttributeType)>;

fn keyed(name: &str, partition: &str, range: RangeKey) -> CreateTableInputBuilder {
    let mut table = CreateTableInput::builder()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key(partition, KeyType::Hash))
        .attribute_definitions(attribute(partition, ScalarAttributeType::S));
    if let Some((range, kind)) = range {
        table = table
            .key_schema(key(range, KeyType::Range))
            .attribute_definitions(attribute(range, kind));
    }
    table
}

fn indexed(
    table: CreateTableInputBuilder,
    name: &str,
    partition: &str,
    range: RangeKey,
    projected: ProjectionType,
) -> CreateTableInputBuilder {
    let mut index = GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(key(partition, KeyType::Hash))
        .projection(Projection::builder().projection_type(projected).build());
    let mut table = table.attribute_definitions(attribute(partition, ScalarAttributeType::S));
    if let Some((range, kind)) = range {
        index = index.key_schema(key(range, KeyType::Range));
        table = table.attribute_definitions(attribute(range, kind));
    }
    table.global_secondary_indexes(index.build().expect("an index has a name and keys"))
}

fn finished(table: CreateTableInputBuilder) -> CreateTableInput {
    table.build().expect("a request without a check of its own")
}

fn key(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder()
        .attribute_name(name)
        .key_type(kind)
        .build()
        .expect("a key has a name and a kind")
}

fn attribute(name: &str, kind: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(name)
        .attribute_type(kind)
        .build()
        .expect("an attribute has a name and a kind")
}
