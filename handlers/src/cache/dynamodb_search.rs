//! Looks through all that the caches hold. Nothing of a person belongs there; that is looked at, not believed.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use definitions::contract::response_cache::{PARTITION_KEY, WRITTEN_AT};

use super::CacheUnavailable;
use crate::observe::Failure;

/// The table of the caches, as one looks through it.
#[derive(Debug, Clone)]
pub struct CacheSearch {
    client: Client,
    table: String,
}

/// An entry that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEntry {
    /// Its key.
    pub key: String,
    /// When it was written.
    pub written_at: String,
}

impl CacheSearch {
    /// The table of this name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// The entries of which some text is about somebody.
    pub async fn find(
        &self,
        is_about: &(dyn Fn(&str) -> bool + Send + Sync),
    ) -> Result<Vec<FoundEntry>, CacheUnavailable> {
        let mut found = Vec::new();
        let mut pages = self.client.scan().table_name(&self.table).into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| CacheUnavailable(Failure::code(&error).to_string()))?;
            for item in page.items() {
                let mut texts = item.values().filter_map(|value| value.as_s().ok());
                let text =
                    |name| item.get(name).and_then(|value: &AttributeValue| value.as_s().ok());
                if texts.any(|text| is_about(text))
                    && let (Some(key), Some(at)) = (text(PARTITION_KEY), text(WRITTEN_AT))
                {
                    found.push(FoundEntry { key: key.clone(), written_at: at.clone() });
                }
            }
        }
        Ok(found)
    }

    /// Deletes an entry, if it is still there.
    pub async fn erase(&self, entry: &FoundEntry) -> Result<(), CacheUnavailable> {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let deleted = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(PARTITION_KEY, text(&entry.key))
            .key(WRITTEN_AT, text(&entry.written_at))
            .send()
            .await;
        deleted.map(drop).map_err(|error| CacheUnavailable(Failure::code(&error).to_string()))
    }
}
