//! The leads in DynamoDB, and what was parked of them.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use definitions::contract::{
    InteractionKey, Outcome,
    records::{
        EXPIRES_AT, LEAD_ID, PARKED, PARTITION_KEY, PHONE_HASH, SORT_KEY, UNREPORTED_PREFIX,
    },
};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    LeadRecord, LeadRecords, LeadState, Parked, PhoneHash, StoreUnavailable, Table,
    dynamo_items::{
        Item, Written, key, names_in, text, text_of, time, time_of, unavailable, unreadable,
        values_of,
    },
};

const LEAD: &str = "LEAD";
const STATE: &str = "state";
const SOURCE: &str = "source";
const CREATED_AT: &str = "createdAt";
const OUTCOME: &str = "outcome";

/// The leads in the table of the calls.
#[derive(Debug, Clone)]
pub struct DynamoLeads {
    table: Table,
}

impl DynamoLeads {
    /// The leads of this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }
}

#[async_trait]
impl LeadRecords for DynamoLeads {
    async fn create(&self, lead: &LeadRecord) -> Result<LeadRecord, StoreUnavailable> {
        let mut item = key(lead.interaction_key.as_str(), LEAD);
        item.extend([
            (STATE.to_owned(), text(LeadState::Created.as_str())),
            (SOURCE.to_owned(), text(lead.source.as_str())),
            (PHONE_HASH.to_owned(), text(lead.phone_hash.as_str())),
            (CREATED_AT.to_owned(), time(lead.created_at)),
            (EXPIRES_AT.to_owned(), self.table.expiry()),
        ]);
        let condition = "attribute_not_exists(#record) OR #expiresAt <= :now";
        let values = vec![(":now", self.table.now_seconds())];
        match self.table.put(item, condition, values).await? {
            Written::Done(_) => Ok(LeadRecord {
                state: LeadState::Created,
                lead_id: None,
                outcome: None,
                ..lead.clone()
            }),
            Written::Refused(Some(item)) => read(&lead.interaction_key, &item),
            Written::Refused(None) => {
                Err(StoreUnavailable::new("the lead went while it was written"))
            }
        }
    }

    async fn report(
        &self,
        of: &InteractionKey,
        lead_id: &str,
        outcome: Outcome,
        at: Timestamp,
    ) -> Result<bool, StoreUnavailable> {
        let values = vec![
            (":reported", text(LeadState::Reported.as_str())),
            (":created", text(LeadState::Created.as_str())),
            (":lead", text(lead_id)),
            (":outcome", text(outcome.as_str())),
            (":at", time(at)),
        ];
        let update =
            "SET #state = :reported, #leadId = :lead, #outcome = :outcome, #reportedAt = :at";
        let key = key(of.as_str(), LEAD);
        match self.table.update(key, update, Some("#state = :created"), values).await? {
            Written::Done(_) => Ok(true),
            Written::Refused(_) => Ok(false),
        }
    }

    async fn lead(&self, of: &InteractionKey) -> Result<Option<LeadRecord>, StoreUnavailable> {
        let item = self.table.get(key(of.as_str(), LEAD)).await?;
        item.map(|item| read(of, &item)).transpose()
    }

    async fn parked(&self, of: &InteractionKey) -> Result<Vec<Parked>, StoreUnavailable> {
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
        let alive = found.items().iter().filter(|item| self.table.is_alive(item));
        Ok(alive.filter_map(read_parked).collect())
    }

    async fn replayed(&self, of: &InteractionKey, record: &str) -> Result<(), StoreUnavailable> {
        if !is_parked(record) {
            return Err(StoreUnavailable::new("only a parked item is forgotten"));
        }
        let delete = self.table.client().delete_item().table_name(self.table.name());
        let deleted = delete.set_key(Some(key(of.as_str(), record))).send().await;
        deleted.map(drop).map_err(|error| unavailable("DeleteItem", &error))
    }
}

fn is_parked(record: &str) -> bool {
    record == PARKED || record.starts_with(UNREPORTED_PREFIX)
}

fn read(key: &InteractionKey, item: &Item) -> Result<LeadRecord, StoreUnavailable> {
    read_fields(key, item).ok_or_else(|| unreadable("a lead"))
}

fn read_fields(key: &InteractionKey, item: &Item) -> Option<LeadRecord> {
    let state = match text_of(item, STATE)? {
        "CREATED" => LeadState::Created,
        "REPORTED" => LeadState::Reported,
        _ => return None,
    };
    let outcome = text_of(item, OUTCOME);
    Some(LeadRecord {
        interaction_key: key.clone(),
        state,
        source: text_of(item, SOURCE)?.to_owned(),
        phone_hash: PhoneHash::stored(text_of(item, PHONE_HASH)?),
        created_at: time_of(item, CREATED_AT)?,
        lead_id: text_of(item, LEAD_ID).map(str::to_owned),
        outcome: outcome
            .and_then(|outcome| Outcome::ALL.iter().find(|one| one.as_str() == outcome))
            .copied(),
    })
}

fn read_parked(item: &Item) -> Option<Parked> {
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
    Some(Parked { record: record.to_owned(), fields })
}
