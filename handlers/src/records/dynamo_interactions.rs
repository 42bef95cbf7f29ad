//! Which interactions a lead, a contact or a number belongs to, by the indexes of the table.

use definitions::contract::{
    InteractionKey,
    records::{
        CONTACT_ID, CONTACT_INDEX, LEAD_ID, LEAD_INDEX, PARTITION_KEY, PHONE_HASH, PHONE_INDEX,
    },
};

use super::{
    PhoneHash, StoreUnavailable, Table,
    dynamo_items::{text, text_of, unavailable, values_of},
};

/// The interactions in the table of the calls.
#[derive(Debug, Clone)]
pub struct DynamoInteractions {
    table: Table,
}

impl DynamoInteractions {
    /// The interactions of this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Those of a contact in Connect.
    pub async fn of_contact(&self, id: &str) -> Result<Vec<InteractionKey>, StoreUnavailable> {
        self.in_index(CONTACT_INDEX, CONTACT_ID, id).await
    }

    /// Those of a lead in Salesforce.
    pub async fn of_lead(&self, id: &str) -> Result<Vec<InteractionKey>, StoreUnavailable> {
        self.in_index(LEAD_INDEX, LEAD_ID, id).await
    }

    /// Those of a number.
    pub async fn of_phone(&self, of: &PhoneHash) -> Result<Vec<InteractionKey>, StoreUnavailable> {
        self.in_index(PHONE_INDEX, PHONE_HASH, of.as_str()).await
    }

    /// Each once: an interaction has several items.
    async fn in_index(
        &self,
        index: &str,
        attribute: &str,
        value: &str,
    ) -> Result<Vec<InteractionKey>, StoreUnavailable> {
        let query = self.table.client().query().table_name(self.table.name()).index_name(index);
        let mut pages = query
            .key_condition_expression("#key = :key")
            .expression_attribute_names("#key", attribute)
            .set_expression_attribute_values(values_of(vec![(":key", text(value))]))
            .into_paginator()
            .send();
        let mut keys: Vec<InteractionKey> = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| unavailable("Query", &error))?;
            let found = page.items().iter().filter_map(|item| text_of(item, PARTITION_KEY));
            for key in found.filter_map(|key| key.parse().ok()) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        Ok(keys)
    }
}
