//! The idempotency key of the whole pipeline.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::patterns;

/// 1 to 64 of `[0-9A-Za-z_-]`: the Salesforce external id, the name of the call execution, and with
/// the attempt number the Connect `ClientToken`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InteractionKey(Box<str>);

/// The text is no interaction key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an interaction key; expected 1 to 64 of `0-9`, `A-Z`, `a-z`, `_` and `-`")]
pub struct InvalidInteractionKey;

impl InteractionKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for InteractionKey {
    type Error = InvalidInteractionKey;

    fn try_from(text: String) -> Result<Self, InvalidInteractionKey> {
        if patterns::INTERACTION_KEY.matches(&text) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidInteractionKey)
        }
    }
}

impl std::str::FromStr for InteractionKey {
    type Err = InvalidInteractionKey;

    fn from_str(text: &str) -> Result<Self, InvalidInteractionKey> {
        Self::try_from(text.to_owned())
    }
}

impl From<InteractionKey> for String {
    fn from(key: InteractionKey) -> Self {
        key.0.into()
    }
}

impl fmt::Display for InteractionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

atlas_asl::scalar!(InteractionKey);

impl atlas_asl::builder::IsText for InteractionKey {}
