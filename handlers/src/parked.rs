//! What could not be delivered: what `atlas parked` looks into.

use std::sync::Arc;

use crate::{
    clients::{self, Aws, Patience},
    environment::{Environment, InvalidVariable},
    records::{DynamoParked, ParkedRecords},
};

/// What is needed.
pub struct Deps {
    /// What is parked.
    pub parked: Arc<dyn ParkedRecords>,
}

impl Deps {
    /// What the machines of this environment parked.
    pub async fn new(environment: &Environment) -> Result<Self, InvalidVariable> {
        let dynamodb = Aws::new(environment).await?.dynamodb(Patience::STEP)?;
        let calls = clients::calls(environment, dynamodb)?;
        Ok(Self { parked: Arc::new(DynamoParked::new(calls)) })
    }
}
