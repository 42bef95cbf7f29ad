//! The attempts and their contacts in DynamoDB.

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use definitions::contract::{
    CallOutcome, CallbackToken, InvokeOutboundCallError,
    records::{
        CONTACT_ID, CONTACT_INDEX, DUE_AT, EXPIRES_AT, LEAD_ID, OPEN, OVERDUE_INDEX, PARTITION_KEY,
        PHONE_HASH, SORT_KEY,
    },
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::{
    Attempt, AttemptKey, AttemptRecords, AttemptState, EndedContact, NewAttempt, PhoneHash,
    Refusal, Reserved, StoreUnavailable, Table,
    dynamo_items::{
        Item, Values, Written, key, names_in, text, text_of, time, time_of, unavailable,
        unreadable, values_of,
    },
};

const ATTEMPT_PREFIX: &str = "ATTEMPT#";
pub(super) const CONTACT_PREFIX: &str = "CONTACT#";
/// The sort key of a contact's item.
const CONTACT: &str = "CONTACT";
/// The one partition of the index of what is open: at two calls a second it stays cool.
const IS_OPEN: &str = "OPEN";

const STATE: &str = "state";
const SCENARIO: &str = "scenario";
const TASK_TOKEN: &str = "taskToken";
const CLIENT_TOKEN: &str = "clientToken";
const WAITING: &str = "waiting";
const RESERVED_AT: &str = "reservedAt";
const OUTCOME: &str = "outcome";
const REFUSED_WITH: &str = "refusedWith";
const REFUSED_BECAUSE: &str = "refusedBecause";
const END: &str = "end";
/// Of which attempt a contact is.
pub(super) const CALL: &str = "call";

/// The attempts in the table of the calls.
#[derive(Debug, Clone)]
pub struct DynamoAttempts {
    table: Table,
}

impl DynamoAttempts {
    /// The attempts of this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// One transition: done, or the attempt as it stands where its state is another.
    async fn change(
        &self,
        of: &AttemptKey,
        update: &str,
        condition: &str,
        values: Values,
    ) -> Result<Changed, StoreUnavailable> {
        match self.table.update(attempt_key(of), update, Some(condition), values).await? {
            Written::Done(item) => Ok(Changed::Done(read(of, &item)?)),
            Written::Refused(Some(item)) => Ok(Changed::Refused(read(of, &item)?)),
            Written::Refused(None) => Err(missing()),
        }
    }

    async fn keys_in_index(
        &self,
        index: &str,
        condition: &str,
        values: Values,
        at_most: i32,
    ) -> Result<Vec<AttemptKey>, StoreUnavailable> {
        let found = self
            .table
            .client()
            .query()
            .table_name(self.table.name())
            .index_name(index)
            .key_condition_expression(condition)
            .set_expression_attribute_names(names_in(&[condition]))
            .set_expression_attribute_values(values_of(values))
            .limit(at_most)
            .send()
            .await
            .map_err(|error| unavailable("Query", &error))?;
        Ok(found.items().iter().filter_map(attempt_of).collect())
    }
}

enum Changed {
    Done(Attempt),
    Refused(Attempt),
}

impl Changed {
    fn attempt(self) -> Attempt {
        match self {
            Self::Done(attempt) | Self::Refused(attempt) => attempt,
        }
    }
}

#[async_trait]
impl AttemptRecords for DynamoAttempts {
    async fn reserve(&self, new: &NewAttempt) -> Result<Reserved, StoreUnavailable> {
        let mut item = attempt_key(&new.key);
        item.extend([
            (STATE.to_owned(), text(AttemptState::Reserved.as_str())),
            (LEAD_ID.to_owned(), text(new.lead_id.as_str())),
            (SCENARIO.to_owned(), json(&new.scenario)),
            (TASK_TOKEN.to_owned(), text(new.task_token.reveal())),
            (CLIENT_TOKEN.to_owned(), text(new.key.client_token())),
            (PHONE_HASH.to_owned(), text(new.phone_hash.as_str())),
            (WAITING.to_owned(), AttributeValue::Bool(new.waiting)),
            (RESERVED_AT.to_owned(), time(new.reserved_at)),
            (DUE_AT.to_owned(), time(new.due_at)),
            (OPEN.to_owned(), text(IS_OPEN)),
            (EXPIRES_AT.to_owned(), self.table.expiry()),
        ]);
        let condition = "attribute_not_exists(#record) OR #expiresAt <= :now";
        let values = vec![(":now", self.table.now_seconds())];
        match self.table.put(item, condition, values).await? {
            Written::Done(_) => Ok(Reserved::New),
            Written::Refused(Some(item)) => {
                Ok(Reserved::Existing(Box::new(read(&new.key, &item)?)))
            }
            Written::Refused(None) => Err(missing()),
        }
    }

    async fn attempt(&self, key: &AttemptKey) -> Result<Option<Attempt>, StoreUnavailable> {
        let item = self.table.get(attempt_key(key)).await?;
        item.map(|item| read(key, &item)).transpose()
    }

    async fn renew_token(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
        due_at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable> {
        let values = vec![
            (":token", text(token.reveal())),
            (":open", text(IS_OPEN)),
            (":due", time(due_at)),
        ];
        let update = "SET #taskToken = :token, #open = :open, #dueAt = :due";
        Ok(self.change(key, update, "attribute_exists(#record)", values).await?.attempt())
    }

    async fn waiting(&self, key: &AttemptKey) -> Result<(), StoreUnavailable> {
        let values = vec![
            (":waiting", AttributeValue::Bool(true)),
            (":reserved", text(AttemptState::Reserved.as_str())),
        ];
        self.change(key, "SET #waiting = :waiting", "#state = :reserved", values).await?;
        Ok(())
    }

    async fn dialing(&self, key: &AttemptKey, at: Timestamp) -> Result<(), StoreUnavailable> {
        let values = vec![
            (":dialing", text(AttemptState::Dialing.as_str())),
            (":reserved", text(AttemptState::Reserved.as_str())),
            (":waiting", AttributeValue::Bool(false)),
            (":at", time(at)),
        ];
        let update = "SET #state = :dialing, #waiting = :waiting, #dialingAt = :at";
        self.change(key, update, "#state = :reserved", values).await?;
        Ok(())
    }

    async fn dialed(
        &self,
        key: &AttemptKey,
        contact_id: &str,
        at: Timestamp,
        due_at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable> {
        let values = vec![
            (":dialed", text(AttemptState::Dialed.as_str())),
            (":reserved", text(AttemptState::Reserved.as_str())),
            (":dialing", text(AttemptState::Dialing.as_str())),
            (":waiting", AttributeValue::Bool(false)),
            (":contact", text(contact_id)),
            (":open", text(IS_OPEN)),
            (":at", time(at)),
            (":due", time(due_at)),
        ];
        let update = "SET #state = :dialed, #waiting = :waiting, #contactId = :contact, \
                      #dialedAt = :at, #open = :open, #dueAt = :due";
        Ok(self.change(key, update, "#state IN (:reserved, :dialing)", values).await?.attempt())
    }

    async fn not_placed(
        &self,
        key: &AttemptKey,
        refusal: &Refusal,
    ) -> Result<Attempt, StoreUnavailable> {
        use atlas_asl::builder::ErrorNames;
        let values = vec![
            (":refused", text(AttemptState::NotPlaced.as_str())),
            (":reserved", text(AttemptState::Reserved.as_str())),
            (":dialing", text(AttemptState::Dialing.as_str())),
            (":with", text(refusal.error.name())),
            (":because", text(refusal.cause.as_str())),
        ];
        let update = "SET #state = :refused, #refusedWith = :with, #refusedBecause = :because \
                      REMOVE #open, #dueAt";
        Ok(self.change(key, update, "#state IN (:reserved, :dialing)", values).await?.attempt())
    }

    async fn ended(
        &self,
        key: &AttemptKey,
        outcome: &CallOutcome,
        at: Timestamp,
    ) -> Result<Attempt, StoreUnavailable> {
        let values = vec![
            (":ended", text(AttemptState::Ended.as_str())),
            (":dialed", text(AttemptState::Dialed.as_str())),
            (":outcome", json(outcome)),
            (":at", time(at)),
        ];
        let update = "SET #state = :ended, #outcome = :outcome, #endedAt = :at";
        Ok(self.change(key, update, "#state = :dialed", values).await?.attempt())
    }

    async fn settled(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
    ) -> Result<bool, StoreUnavailable> {
        let values = vec![(":token", text(token.reveal()))];
        let settled =
            self.change(key, "REMOVE #open, #dueAt", "#taskToken = :token", values).await?;
        Ok(matches!(settled, Changed::Done(_)))
    }

    async fn held(
        &self,
        key: &AttemptKey,
        token: &CallbackToken,
        at: Timestamp,
    ) -> Result<bool, StoreUnavailable> {
        let values = vec![(":token", text(token.reveal())), (":at", time(at))];
        let update = "SET #heldAt = :at REMOVE #open, #dueAt";
        let held = self.change(key, update, "#taskToken = :token", values).await?;
        Ok(matches!(held, Changed::Done(_)))
    }

    async fn postpone(&self, key: &AttemptKey, due_at: Timestamp) -> Result<(), StoreUnavailable> {
        let values = vec![(":due", time(due_at))];
        self.change(key, "SET #dueAt = :due", "attribute_exists(#open)", values).await?;
        Ok(())
    }

    async fn tie_contact(
        &self,
        contact_id: &str,
        call: &AttemptKey,
    ) -> Result<Option<EndedContact>, StoreUnavailable> {
        let update = "SET #call = :call, #expiresAt = :expires";
        let values = vec![(":call", text(call.to_string())), (":expires", self.table.expiry())];
        match self.table.update(contact_key(contact_id), update, None, values).await? {
            Written::Done(item) => item.contains_key(END).then(|| parsed(&item, END)).transpose(),
            Written::Refused(_) => Err(missing()),
        }
    }

    async fn keep_end(
        &self,
        contact_id: &str,
        end: &EndedContact,
    ) -> Result<Option<AttemptKey>, StoreUnavailable> {
        let update = "SET #end = if_not_exists(#end, :end), \
                      #expiresAt = if_not_exists(#expiresAt, :expires)";
        let values = vec![(":end", json(end)), (":expires", self.table.expiry())];
        match self.table.update(contact_key(contact_id), update, None, values).await? {
            Written::Done(item) => text_of(&item, CALL)
                .map(|call| call.parse().map_err(|_| unreadable("a contact")))
                .transpose(),
            Written::Refused(_) => Err(missing()),
        }
    }

    async fn of_contact(&self, contact_id: &str) -> Result<Option<AttemptKey>, StoreUnavailable> {
        let values = vec![(":contact", text(contact_id))];
        let condition = format!("#{CONTACT_ID} = :contact");
        Ok(self.keys_in_index(CONTACT_INDEX, &condition, values, 1).await?.pop())
    }

    async fn overdue(
        &self,
        now: Timestamp,
        at_most: u32,
    ) -> Result<Vec<AttemptKey>, StoreUnavailable> {
        let values = vec![(":open", text(IS_OPEN)), (":now", time(now))];
        let condition = format!("#{OPEN} = :open AND #{DUE_AT} <= :now");
        let at_most = i32::try_from(at_most).unwrap_or(i32::MAX);
        self.keys_in_index(OVERDUE_INDEX, &condition, values, at_most).await
    }
}

fn attempt_key(of: &AttemptKey) -> Item {
    key(of.interaction_key.as_str(), &format!("{ATTEMPT_PREFIX}{}", of.attempt))
}

/// No interaction key has a `#`, so no contact is taken for one.
pub(super) fn contact_key(contact_id: &str) -> Item {
    key(&format!("{CONTACT_PREFIX}{contact_id}"), CONTACT)
}

/// Which attempt an item is of, where it is of one.
pub(super) fn attempt_of(item: &Item) -> Option<AttemptKey> {
    Some(AttemptKey {
        interaction_key: text_of(item, PARTITION_KEY)?.parse().ok()?,
        attempt: text_of(item, SORT_KEY)?.strip_prefix(ATTEMPT_PREFIX)?.parse().ok()?,
    })
}

fn missing() -> StoreUnavailable {
    StoreUnavailable::new("the table does not hold the attempt that it was asked to change")
}

fn json(value: &impl serde::Serialize) -> AttributeValue {
    text(serde_json::to_string(value).expect("a wire type of ours is always JSON"))
}

fn parsed<T: DeserializeOwned>(item: &Item, name: &str) -> Result<T, StoreUnavailable> {
    let text = text_of(item, name).ok_or_else(|| unreadable("an item"))?;
    serde_json::from_str(text).map_err(|_| unreadable("an item"))
}

fn read(key: &AttemptKey, item: &Item) -> Result<Attempt, StoreUnavailable> {
    read_fields(key, item).ok_or_else(|| unreadable("an attempt"))
}

fn read_fields(key: &AttemptKey, item: &Item) -> Option<Attempt> {
    let state = text_of(item, STATE)?;
    let state = AttemptState::ALL.into_iter().find(|one| one.as_str() == state)?;
    let outcome = text_of(item, OUTCOME).map(serde_json::from_str).transpose().ok()?;
    let token = serde_json::Value::from(text_of(item, TASK_TOKEN)?);
    Some(Attempt {
        key: key.clone(),
        state,
        lead_id: text_of(item, LEAD_ID)?.to_owned(),
        scenario: serde_json::from_str(text_of(item, SCENARIO)?).ok()?,
        task_token: serde_json::from_value(token).ok()?,
        phone_hash: PhoneHash::stored(text_of(item, PHONE_HASH)?),
        waiting: item.get(WAITING).and_then(|waiting| waiting.as_bool().ok()) == Some(&true),
        reserved_at: time_of(item, RESERVED_AT)?,
        contact_id: text_of(item, CONTACT_ID).map(str::to_owned),
        outcome,
        refusal: read_refusal(item),
        due_at: time_of(item, DUE_AT),
    })
}

fn read_refusal(item: &Item) -> Option<Refusal> {
    use atlas_asl::builder::ErrorNames;
    let name = text_of(item, REFUSED_WITH)?;
    let error = InvokeOutboundCallError::ALL.iter().find(|error| error.name() == name)?;
    Some(Refusal { error: *error, cause: text_of(item, REFUSED_BECAUSE)?.to_owned() })
}
