//! What the table of the calls holds of somebody, and deleting it.
//!
//! It is looked for in the whole table, not in its indexes: those lag behind, and what was parked is in none.
//! The lead goes last, because by it the rest is found again where a deletion was interrupted.

use std::{collections::HashMap, iter};

use aws_sdk_dynamodb::types::AttributeValue;
use definitions::contract::{
    InteractionKey,
    records::{CONTACT_ID, EMAIL_HASH, LEAD_ID, PARKED, PARTITION_KEY, PHONE_HASH, SORT_KEY},
};

use super::{
    AttemptKey, EmailHash, PhoneHash, StoreUnavailable, Table,
    dynamo_attempts::{CALL, CONTACT_PREFIX, attempt_of, contact_key},
    dynamo_items::{Item, key, names_in, text, text_of, unavailable, values_of},
    dynamo_leads::LEAD,
    dynamo_pace,
};

/// The document of a parked lead, as it came in.
const INTAKE: &str = "intake";
/// The execution that parked it.
const EXECUTION: &str = "execution";
/// An expression of DynamoDB has 4 KiB at most.
const KEYS_AT_ONCE: usize = 40;

/// Who is looked for.
pub struct Wanted<'a> {
    /// By their numbers.
    pub phones: Vec<PhoneHash>,
    /// By their addresses.
    pub emails: Vec<EmailHash>,
    /// By keys that lead to them. The contact of a call whose attempt is erased is found by these alone.
    pub keys: Vec<InteractionKey>,
    /// Whether a document is theirs: what was parked stands there as it came in.
    pub is_theirs: &'a (dyn Fn(&str) -> bool + Send + Sync),
}

/// All that the table holds of one interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptInteraction {
    /// Its key.
    pub key: InteractionKey,
    /// Partition and sort key of each item, the lead last.
    pub items: Vec<(String, String)>,
    /// The attempts among them.
    pub attempts: Vec<AttemptKey>,
    /// The leads in Salesforce.
    pub lead_ids: Vec<String>,
    /// The contacts in Connect.
    pub contact_ids: Vec<String>,
    /// The executions that parked something of it.
    pub executions: Vec<String>,
}

/// The items of somebody in the table of the calls.
#[derive(Debug, Clone)]
pub struct DynamoErasure {
    table: Table,
}

impl DynamoErasure {
    /// Those of this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// What there is of somebody, also what has expired and was not deleted yet.
    pub async fn find(
        &self,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<KeptInteraction>, StoreUnavailable> {
        let mut keys = wanted.keys.clone();
        let mut contacts = Vec::new();
        let (first, others) = wanted.keys.split_at(wanted.keys.len().min(KEYS_AT_ONCE));
        for callers in iter::once(first).chain(others.chunks(KEYS_AT_ONCE)) {
            self.scan(wanted, callers, &mut keys, &mut contacts).await?;
        }
        let mut found = Vec::new();
        for key in keys {
            let of_key = contacts.iter().filter(|(call, _)| call.interaction_key == key);
            let contact_ids = of_key.map(|(_, contact_id)| contact_id.clone()).collect();
            let kept = self.interaction(key, contact_ids).await?;
            if !kept.items.is_empty() {
                found.push(kept);
            }
        }
        Ok(found)
    }

    async fn scan(
        &self,
        wanted: &Wanted<'_>,
        callers: &[InteractionKey],
        keys: &mut Vec<InteractionKey>,
        contacts: &mut Vec<(AttemptKey, String)>,
    ) -> Result<(), StoreUnavailable> {
        let (filter, values) = filter(wanted, callers);
        let mut pages = self
            .table
            .client()
            .scan()
            .table_name(self.table.name())
            .consistent_read(true)
            .set_expression_attribute_names(names_in(&[&filter]))
            .filter_expression(filter)
            .set_expression_attribute_values(Some(values))
            .into_paginator()
            .send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| unavailable("Scan", &error))?;
            contacts.extend(page.items().iter().filter_map(contact_of));
            for item in page.items().iter().filter(|item| is_wanted(item, wanted)) {
                let key = text_of(item, PARTITION_KEY).and_then(|key| key.parse().ok());
                keys.extend(key.filter(|key| !keys.contains(key)));
            }
        }
        Ok(())
    }

    async fn interaction(
        &self,
        of: InteractionKey,
        contact_ids: Vec<String>,
    ) -> Result<KeptInteraction, StoreUnavailable> {
        let mut kept = KeptInteraction {
            key: of,
            items: Vec::new(),
            attempts: Vec::new(),
            lead_ids: Vec::new(),
            contact_ids,
            executions: Vec::new(),
        };
        let items = self.partition(kept.key.as_str()).await?;
        for item in &items {
            kept.attempts.extend(attempt_of(item));
            for (name, known) in [
                (LEAD_ID, &mut kept.lead_ids),
                (CONTACT_ID, &mut kept.contact_ids),
                (EXECUTION, &mut kept.executions),
            ] {
                let value = text_of(item, name).map(str::to_owned);
                known.extend(value.filter(|value| !known.contains(value)));
            }
        }
        let mut of_contacts = Vec::new();
        for contact_id in &kept.contact_ids {
            let partition = contact_key(contact_id).remove(PARTITION_KEY);
            let partition = partition.as_ref().and_then(|it| it.as_s().ok());
            if let Some(partition) = partition {
                of_contacts.extend(self.partition(partition).await?);
            }
        }
        let of_items = items.iter().chain(&of_contacts).filter_map(|item| {
            Some((text_of(item, PARTITION_KEY)?.to_owned(), text_of(item, SORT_KEY)?.to_owned()))
        });
        kept.items.extend(of_items);
        kept.items.sort_by_key(|(_, record)| record == LEAD);
        Ok(kept)
    }

    async fn partition(&self, of: &str) -> Result<Vec<Item>, StoreUnavailable> {
        let condition = "#interactionKey = :key";
        let query = self.table.client().query().table_name(self.table.name());
        let mut pages = query
            .consistent_read(true)
            .key_condition_expression(condition)
            .set_expression_attribute_names(names_in(&[condition]))
            .set_expression_attribute_values(values_of(vec![(":key", text(of))]))
            .into_paginator()
            .send();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(
                page.map_err(|error| unavailable("Query", &error))?.items.into_iter().flatten(),
            );
        }
        Ok(items)
    }

    /// Deletes all of an interaction. What is gone already is no fault.
    pub async fn erase(&self, kept: &KeptInteraction) -> Result<(), StoreUnavailable> {
        for attempt in &kept.attempts {
            dynamo_pace::let_go(&self.table, attempt).await?;
        }
        for (partition, record) in &kept.items {
            let delete = self.table.client().delete_item().table_name(self.table.name());
            let deleted = delete.set_key(Some(key(partition, record))).send().await;
            deleted.map_err(|error| unavailable("DeleteItem", &error))?;
        }
        Ok(())
    }
}

/// Leaves out on DynamoDB's side what certainly is nobody's who is wanted.
fn filter(
    wanted: &Wanted<'_>,
    callers: &[InteractionKey],
) -> (String, HashMap<String, AttributeValue>) {
    let mut parts = vec!["#record = :parked".to_owned()];
    let mut values = HashMap::from([(":parked".to_owned(), text(PARKED))]);
    let phones = wanted.phones.iter().map(|hash| (PHONE_HASH, hash.as_str()));
    let emails = wanted.emails.iter().map(|hash| (EMAIL_HASH, hash.as_str()));
    for (place, (name, hash)) in phones.chain(emails).enumerate() {
        parts.push(format!("#{name} = :hash{place}"));
        values.insert(format!(":hash{place}"), text(hash));
    }
    for (place, key) in callers.iter().enumerate() {
        parts.push(format!("begins_with(#{CALL}, :call{place})"));
        values.insert(format!(":call{place}"), text(format!("{key}#")));
    }
    (parts.join(" OR "), values)
}

/// The attempt that a contact is of, and the contact.
fn contact_of(item: &Item) -> Option<(AttemptKey, String)> {
    let contact_id = text_of(item, PARTITION_KEY)?.strip_prefix(CONTACT_PREFIX)?;
    Some((text_of(item, CALL)?.parse().ok()?, contact_id.to_owned()))
}

fn is_wanted(item: &Item, wanted: &Wanted<'_>) -> bool {
    let phone = text_of(item, PHONE_HASH);
    let email = text_of(item, EMAIL_HASH);
    wanted.phones.iter().any(|hash| phone == Some(hash.as_str()))
        || wanted.emails.iter().any(|hash| email == Some(hash.as_str()))
        || text_of(item, INTAKE).is_some_and(|intake| (wanted.is_theirs)(intake))
}
