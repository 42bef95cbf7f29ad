//! The tables of DynamoDB: keys, indexes, and by what items expire.

use serde_json::{Value, json};

use crate::contract::{records, response_cache};

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name, where the deployment gives no other.
    pub name: &'static str,
    /// The environment variable in which handlers find the name.
    pub variable: &'static str,
    /// What items are spread by.
    pub partition_key: Attribute,
    /// What items of one partition are ordered by.
    pub sort_key: Option<Attribute>,
    /// The global secondary indexes. Each holds the keys only.
    pub indexes: &'static [Index],
    /// The attribute by which DynamoDB deletes, in seconds since the epoch.
    pub expires_by: Option<&'static str>,
}

/// A global secondary index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Index {
    /// Its name.
    pub name: &'static str,
    /// What its items are spread by; an item without it is not in the index.
    pub partition_key: Attribute,
    /// What they are ordered by.
    pub sort_key: Option<Attribute>,
}

/// An attribute that is part of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

/// What an attribute of a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `S`.
    Text,
    /// `N`.
    Number,
}

/// The leads, their attempts, and what is parked.
pub const CALLS: Table = Table {
    name: "AtlasEngine-Calls",
    variable: "CALLS_TABLE",
    partition_key: text(records::PARTITION_KEY),
    sort_key: Some(text(records::SORT_KEY)),
    indexes: &[
        index(records::CONTACT_INDEX, text(records::CONTACT_ID), None),
        index(records::LEAD_INDEX, text(records::LEAD_ID), None),
        index(records::PHONE_INDEX, text(records::PHONE_HASH), None),
        index(records::OVERDUE_INDEX, text(records::OPEN), Some(number(records::DUE_AT))),
    ],
    expires_by: Some(records::EXPIRES_AT),
};

/// What the model wrote before.
pub const RESPONSE_CACHE: Table = Table {
    name: "AtlasEngine-ResponseCache",
    variable: "RESPONSE_CACHE_TABLE",
    partition_key: text(response_cache::PARTITION_KEY),
    sort_key: Some(text(response_cache::WRITTEN_AT)),
    indexes: &[index(
        response_cache::INTENT_INDEX,
        text(response_cache::INTENT),
        Some(text(response_cache::WRITTEN_AT)),
    )],
    expires_by: Some(response_cache::EXPIRES_AT),
};

/// The numbers that must not be called. Nothing in it expires.
pub const SUPPRESSION: Table = Table {
    name: "AtlasEngine-Suppression",
    variable: "SUPPRESSION_TABLE",
    partition_key: text(records::PHONE_HASH),
    sort_key: None,
    indexes: &[],
    expires_by: None,
};

/// Every table.
pub const TABLES: [Table; 3] = [CALLS, RESPONSE_CACHE, SUPPRESSION];

const fn text(name: &'static str) -> Attribute {
    Attribute { name, kind: Kind::Text }
}

const fn number(name: &'static str) -> Attribute {
    Attribute { name, kind: Kind::Number }
}

const fn index(name: &'static str, partition_key: Attribute, sort_key: Option<Attribute>) -> Index {
    Index { name, partition_key, sort_key }
}

impl Kind {
    /// As DynamoDB writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Text => "S",
            Self::Number => "N",
        }
    }
}

impl Table {
    /// Every attribute that is part of a key, once.
    #[must_use]
    pub fn key_attributes(&self) -> Vec<Attribute> {
        let of_indexes = self
            .indexes
            .iter()
            .flat_map(|index| [Some(index.partition_key), index.sort_key].into_iter().flatten());
        let mut all: Vec<Attribute> = Vec::new();
        for attribute in
            [Some(self.partition_key), self.sort_key].into_iter().flatten().chain(of_indexes)
        {
            if !all.contains(&attribute) {
                all.push(attribute);
            }
        }
        all
    }

    /// The body of the `CreateTable` request, for a table of this name.
    #[must_use]
    pub fn create_request(&self, name: &str) -> Value {
        let attributes: Vec<Value> = self
            .key_attributes()
            .into_iter()
            .map(|attribute| {
                json!({ "AttributeName": attribute.name, "AttributeType": attribute.kind.code() })
            })
            .collect();
        let mut request = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": attributes,
            "KeySchema": key_schema(self.partition_key, self.sort_key),
        });
        // DynamoDB refuses an empty list of indexes.
        if !self.indexes.is_empty() {
            request["GlobalSecondaryIndexes"] = self
                .indexes
                .iter()
                .map(|index| {
                    json!({
                        "IndexName": index.name,
                        "KeySchema": key_schema(index.partition_key, index.sort_key),
                        "Projection": { "ProjectionType": "KEYS_ONLY" },
                    })
                })
                .collect();
        }
        request
    }

    /// The body of the `UpdateTimeToLive` request, for a table of this name; none where nothing expires.
    #[must_use]
    pub fn expiry_request(&self, name: &str) -> Option<Value> {
        self.expires_by.map(|attribute| {
            json!({
                "TableName": name,
                "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
            })
        })
    }
}

fn key_schema(partition: Attribute, sort: Option<Attribute>) -> Value {
    let key = |attribute: Attribute, kind: &str| json!({ "AttributeName": attribute.name, "KeyType": kind });
    let sort = sort.map(|attribute| key(attribute, "RANGE"));
    [key(partition, "HASH")].into_iter().chain(sort).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_of_several_keys_is_defined_once() {
        let request = RESPONSE_CACHE.create_request("mine");
        assert_eq!(
            request,
            json!({
                "TableName": "mine",
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    { "AttributeName": "cacheKey", "AttributeType": "S" },
                    { "AttributeName": "writtenAt", "AttributeType": "S" },
                    { "AttributeName": "intent", "AttributeType": "S" },
                ],
                "KeySchema": [
                    { "AttributeName": "cacheKey", "KeyType": "HASH" },
                    { "AttributeName": "writtenAt", "KeyType": "RANGE" },
                ],
                "GlobalSecondaryIndexes": [{
                    "IndexName": "by-intent",
                    "KeySchema": [
                        { "AttributeName": "intent", "KeyType": "HASH" },
                        { "AttributeName": "writtenAt", "KeyType": "RANGE" },
                    ],
                    "Projection": { "ProjectionType": "KEYS_ONLY" },
                }],
            })
        );
    }

    #[test]
    fn a_table_of_which_nothing_expires_has_no_such_request_and_no_empty_list() {
        assert_eq!(SUPPRESSION.expiry_request("mine"), None);
        assert!(SUPPRESSION.create_request("mine").get("GlobalSecondaryIndexes").is_none());
        let expiry = CALLS.expiry_request("mine").unwrap();
        assert_eq!(expiry["TimeToLiveSpecification"]["AttributeName"], "expiresAt");
    }
}
