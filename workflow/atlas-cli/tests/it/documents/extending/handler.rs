//! `NotifySales`: the sales team hears how the call went.
//!
//! Delivered twice it tells once: the channel knows the interaction key.

use std::sync::Arc;

use async_trait::async_trait;
use handlers::raised::Raised;

use super::contract::{NotifySalesError, NotifySalesInput, NotifySalesOutput};

/// The sales team's channel.
#[async_trait]
pub(crate) trait Sales: Send + Sync {
    /// Tells it, once for each interaction key. Whether that was news.
    async fn tell(&self, note: &NotifySalesInput) -> Result<bool, SalesUnavailable>;
}

/// The channel did not take it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sales team's channel did not take it: {0}")]
pub(crate) struct SalesUnavailable(pub(crate) &'static str);

/// What it needs.
pub(crate) struct Deps {
    /// The channel.
    pub(crate) sales: Arc<dyn Sales>,
}

/// Does the step.
pub(crate) async fn run(
    input: NotifySalesInput,
    deps: &Deps,
) -> Result<NotifySalesOutput, Raised<NotifySalesError>> {
    let told = deps.sales.tell(&input).await;
    let is_news =
        told.map_err(|error| Raised::new(NotifySalesError::Unavailable, error.to_string()))?;
    Ok(NotifySalesOutput { is_news })
}
