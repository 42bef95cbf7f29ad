//! The channel as a webhook: a document for each interaction key, so that a second one changes nothing.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, StatusCode};

use super::{
    contract::NotifySalesInput,
    handler::{Sales, SalesUnavailable},
};

/// Shorter than the step's own timeout, so that the step hears why.
const PATIENCE: Duration = Duration::from_secs(3);

/// A webhook at an address.
pub(crate) struct Webhook {
    client: Client,
    base: String,
}

impl Webhook {
    /// Nothing is sent yet.
    pub(crate) fn new(client: Client, base: String) -> Self {
        Self { client, base }
    }
}

#[async_trait]
impl Sales for Webhook {
    async fn tell(&self, note: &NotifySalesInput) -> Result<bool, SalesUnavailable> {
        let address = format!("{}/notes/{}", self.base, note.interaction_key);
        let request = self.client.put(address).timeout(PATIENCE).body(note.lead_id.clone());
        // The error's own text holds the address, with the key in it.
        let answer = request.send().await.map_err(|_| SalesUnavailable("it did not answer"))?;
        match answer.status() {
            StatusCode::CREATED => Ok(true),
            StatusCode::OK => Ok(false),
            _ => Err(SalesUnavailable("it refused")),
        }
    }
}
