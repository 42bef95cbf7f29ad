//! Which interactions somebody means who names a lead, a contact or a number: what `atlas executions`
//! looks into where it is given such a key.

use definitions::contract::{InteractionKey, PhoneNumber};

use crate::{
    clients::{self, Aws, Patience},
    environment::{Environment, InvalidVariable},
    records::{DynamoInteractions, PhoneHashKey, StoreUnavailable},
};

/// What is needed.
pub struct Deps {
    /// The interactions.
    pub interactions: DynamoInteractions,
    /// How numbers are hashed, where that is known.
    pub phone_hash_key: Result<PhoneHashKey, InvalidVariable>,
}

/// The interactions cannot be looked up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// A number cannot be hashed as the table has it.
    #[error(transparent)]
    Key(#[from] InvalidVariable),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreUnavailable),
}

impl Deps {
    /// The interactions that the handlers of this environment write.
    pub async fn new(environment: &Environment) -> Result<Self, InvalidVariable> {
        let dynamodb = Aws::new(environment).await?.dynamodb(Patience::STEP)?;
        Ok(Self {
            interactions: DynamoInteractions::new(clients::calls(environment, dynamodb)?),
            phone_hash_key: clients::phone_hash_key(environment),
        })
    }
}

/// The interactions of a number, a lead or a contact.
pub async fn find(key: &str, deps: &Deps) -> Result<Vec<InteractionKey>, NotFound> {
    if let Ok(number) = key.parse::<PhoneNumber>() {
        let hash = deps.phone_hash_key.clone()?.hash(&number);
        return Ok(deps.interactions.of_phone(&hash).await?);
    }
    let of_lead = deps.interactions.of_lead(key).await?;
    if !of_lead.is_empty() {
        return Ok(of_lead);
    }
    Ok(deps.interactions.of_contact(key).await?)
}
