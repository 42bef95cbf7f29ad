//! Personal data of other people, which is shown only to whoever asks for it.

use serde_json::Value;

use crate::personal::{masked, masked_text};

/// What is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mask {
    Masked,
    Revealed,
}

impl Mask {
    /// Somebody's words.
    pub(crate) fn text(self, text: &str) -> String {
        match self {
            Self::Masked => masked_text(text),
            Self::Revealed => text.to_owned(),
        }
    }

    /// A document.
    pub(crate) fn value(self, value: &Value) -> Value {
        match self {
            Self::Masked => masked(value),
            Self::Revealed => value.clone(),
        }
    }
}
