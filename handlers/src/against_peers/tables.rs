//! The tables of the deployment as requests of the SDK.

use aws_sdk_dynamodb::{
    Client,
    operation::create_table::builders::CreateTableFluentBuilder,
    types::{
        AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
        Projection, ProjectionType,
    },
};
use definitions::resources::{Attribute, Index, Table};

/// Creates the table under another name.
pub(crate) fn create_table(client: &Client, table: &Table, name: &str) -> CreateTableFluentBuilder {
    let indexes: Vec<_> = table.indexes.iter().map(index).collect();
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_key_schema(Some(keys(table.partition_key, table.sort_key)))
        .set_attribute_definitions(Some(table.key_attributes().into_iter().map(defined).collect()))
        .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes))
}

fn index(index: &Index) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(keys(index.partition_key, index.sort_key)))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .unwrap()
}

fn keys(partition: Attribute, sort: Option<Attribute>) -> Vec<KeySchemaElement> {
    let key = |attribute: Attribute, kind| {
        KeySchemaElement::builder().attribute_name(attribute.name).key_type(kind).build().unwrap()
    };
    let sort = sort.map(|attribute| key(attribute, KeyType::Range));
    [key(partition, KeyType::Hash)].into_iter().chain(sort).collect()
}

fn defined(attribute: Attribute) -> AttributeDefinition {
    AttributeDefinition::builder()
        .attribute_name(attribute.name)
        .attribute_type(attribute.kind.code().into())
        .build()
        .unwrap()
}
