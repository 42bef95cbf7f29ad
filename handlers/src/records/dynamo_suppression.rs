//! The numbers that must not be called, in DynamoDB.

use super::{
    PhoneHash, StoreUnavailable, SuppressedNumber, SuppressionList, Table,
    dynamo_items::{Item, Values, Written, text, text_of, time, time_of, unavailable, unreadable},
};
use async_trait::async_trait;
use definitions::contract::records::PHONE_HASH;

const REASON: &str = "reason";
const SINCE: &str = "since";

/// The suppression list in its table. Nothing in it expires.
#[derive(Debug, Clone)]
pub struct DynamoSuppression {
    table: Table,
}

impl DynamoSuppression {
    /// The list in this table.
    pub fn new(table: Table) -> Self {
        Self { table }
    }
}

#[async_trait]
impl SuppressionList for DynamoSuppression {
    async fn holds(&self, phone: &PhoneHash) -> Result<bool, StoreUnavailable> {
        Ok(self.table.get(key(phone)).await?.is_some())
    }

    async fn add(&self, number: &SuppressedNumber) -> Result<bool, StoreUnavailable> {
        let mut item = key(&number.phone_hash);
        item.insert(REASON.to_owned(), text(number.reason.as_str()));
        item.insert(SINCE.to_owned(), time(number.since));
        let put = self.table.put(item, "attribute_not_exists(#phoneHash)", Values::new()).await?;
        Ok(matches!(put, Written::Done(_)))
    }

    async fn remove(&self, phone: &PhoneHash) -> Result<bool, StoreUnavailable> {
        let delete = self.table.client().delete_item().table_name(self.table.name());
        let deleted = delete
            .set_key(Some(key(phone)))
            .return_values(aws_sdk_dynamodb::types::ReturnValue::AllOld)
            .send()
            .await
            .map_err(|error| unavailable("DeleteItem", &error))?;
        Ok(deleted.attributes.is_some_and(|item| !item.is_empty()))
    }

    async fn list(&self) -> Result<Vec<SuppressedNumber>, StoreUnavailable> {
        let mut numbers = Vec::new();
        let mut from = None;
        loop {
            let scan = self.table.client().scan().table_name(self.table.name());
            let page = scan
                .set_exclusive_start_key(from)
                .send()
                .await
                .map_err(|error| unavailable("Scan", &error))?;
            for item in page.items() {
                numbers.push(read(item).ok_or_else(|| unreadable("a suppressed number"))?);
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(numbers);
            }
        }
    }
}

fn key(phone: &PhoneHash) -> Item {
    Item::from([(PHONE_HASH.to_owned(), text(phone.as_str()))])
}

fn read(item: &Item) -> Option<SuppressedNumber> {
    Some(SuppressedNumber {
        phone_hash: PhoneHash::stored(text_of(item, PHONE_HASH)?),
        reason: text_of(item, REASON)?.to_owned(),
        since: time_of(item, SINCE)?,
    })
}
