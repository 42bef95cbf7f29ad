//! Numbers that must not be called: what `atlas suppress add|remove|list` does. The list knows hashes
//! only, so a number on it cannot be read back.

use std::sync::Arc;

use definitions::contract::PhoneNumber;

use crate::{
    clients::{self, Aws, Patience},
    clock::{Clock, SystemClock},
    environment::{Environment, InvalidVariable},
    records::{PhoneHashKey, StoreUnavailable, SuppressedNumber, SuppressionList},
};

/// What is needed.
pub struct Deps {
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// The list.
    pub list: Arc<dyn SuppressionList>,
    /// How numbers are hashed.
    pub phone_hash_key: PhoneHashKey,
}

impl Deps {
    /// The list that the handlers of this environment look into.
    pub async fn new(environment: &Environment) -> Result<Self, InvalidVariable> {
        let dynamodb = Aws::new(environment).await?.dynamodb(Patience::STEP)?;
        Ok(Self {
            clock: Arc::new(SystemClock),
            list: Arc::new(clients::suppression(environment, dynamodb)?),
            phone_hash_key: clients::phone_hash_key(environment)?,
        })
    }
}

/// Puts a number on the list. `false` where it was on it.
pub async fn add(phone: &PhoneNumber, reason: &str, deps: &Deps) -> Result<bool, StoreUnavailable> {
    let number = SuppressedNumber {
        phone_hash: deps.phone_hash_key.hash(phone),
        reason: reason.to_owned(),
        since: deps.clock.now(),
    };
    deps.list.add(&number).await
}

/// Takes a number off the list. `false` where it was not on it.
pub async fn remove(phone: &PhoneNumber, deps: &Deps) -> Result<bool, StoreUnavailable> {
    deps.list.remove(&deps.phone_hash_key.hash(phone)).await
}

/// The list, the oldest first.
pub async fn list(deps: &Deps) -> Result<Vec<SuppressedNumber>, StoreUnavailable> {
    let mut numbers = deps.list.list().await?;
    numbers.sort_by(|a, b| (a.since, &a.phone_hash).cmp(&(b.since, &b.phone_hash)));
    Ok(numbers)
}
