//! What a model says in a conversation, checked before anybody hears it.

use serde::Deserialize;
use serde_json::Value;

use super::text_rules::{self, BrokenRule};

/// Lex takes 1,024 characters; nobody listens that long.
pub(super) const MAX_REPLY: usize = 500;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// What is said: plain text.
    pub text: String,
    /// Whether the conversation is over.
    #[serde(default)]
    pub done: bool,
}

/// Why an answer is not said. It is not repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReply {
    /// Not the fields that a reply has.
    #[error("it is not of the reply's form")]
    Form,
    /// A text that breaks a rule.
    #[error("its text is not taken: {0}")]
    Text(BrokenRule),
}

impl Reply {
    /// Reads what a model wrote.
    pub fn parse(document: &Value) -> Result<Self, InvalidReply> {
        let reply = Self::deserialize(document).map_err(|_| InvalidReply::Form)?;
        text_rules::check(&reply.text, MAX_REPLY, &[]).map_err(InvalidReply::Text)?;
        Ok(reply)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_plain_text_is_said() {
        let check = |document: Value, taken: bool| {
            assert_eq!(Reply::parse(&document).is_ok(), taken, "{document:.80}");
        };
        check(json!({"text": "Atlas runs your machines.", "done": false}), true);
        check(json!({"text": "Goodbye!", "done": true}), true);
        check(json!({"text": "Hello {firstName}"}), false);
        check(json!({"text": "<speak>Hi</speak>"}), false);
        check(json!({"text": "x".repeat(501)}), false);
        check(json!({"text": "Hi", "transferTo": "+14155550123"}), false);
        check(json!("Hi"), false);
        check(json!(null), false);
    }
}
