//! The leads in DynamoDB.

use async_trait::async_trait;
use definitions::contract::{
    InteractionKey, Outcome,
    records::{EMAIL_HASH, EXPIRES_AT, LEAD_ID, PHONE_HASH},
};
use jiff::Timestamp;

use super::{
    EmailHash, LeadRecord, LeadRecords, LeadState, PhoneHash, StoreUnavailable, Table,
    dynamo_items::{Item, Written, key, text, text_of, time, time_of, unreadable},
};

pub(super) const LEAD: &str = "LEAD";
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
        if let Some(email) = &lead.email_hash {
            item.insert(EMAIL_HASH.to_owned(), text(email.as_str()));
        }
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
        email_hash: text_of(item, EMAIL_HASH).map(EmailHash::stored),
        created_at: time_of(item, CREATED_AT)?,
        lead_id: text_of(item, LEAD_ID).map(str::to_owned),
        outcome: outcome
            .and_then(|outcome| Outcome::ALL.iter().find(|one| one.as_str() == outcome))
            .copied(),
    })
}
