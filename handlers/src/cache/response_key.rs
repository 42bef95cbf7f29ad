//! Which answer of the chat: for everybody who comes with this intent, topic and language.

use sha2::{Digest, Sha256};

use super::CacheKey;
use crate::bedrock::{PROMPT_VERSION, Topic};

/// The key of an answer. What the visitor said is not in it: it could be about them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResponseKey {
    intent: String,
    context: String,
}

impl ResponseKey {
    /// The key of this intent and context.
    pub fn new(intent: &str, topic: &Topic, locale: &str) -> Self {
        let context = format!("{PROMPT_VERSION}\0{locale}\0{}", topic.as_str());
        Self { intent: intent.to_owned(), context: hex(&Sha256::digest(context), 32) }
    }
}

impl CacheKey for ResponseKey {
    fn partition(&self) -> String {
        format!("RESPONSE#{}#{}", self.intent, self.context)
    }

    fn intent(&self) -> Option<&str> {
        Some(&self.intent)
    }
}

/// The first digits of a hash.
pub(super) fn hex(bytes: &[u8], digits: usize) -> String {
    bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        .chars()
        .take(digits)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_the_context_makes_another_key() {
        let key = |intent: &str, topic: &str, locale: &str| {
            ResponseKey::new(intent, &Topic::of(topic, &[]), locale).partition()
        };
        let one = key("GreetingIntent", "pricing", "en-US");
        assert_eq!(one, key("GreetingIntent", " PRICING ", "en-US"));
        assert_ne!(one, key("AboutDemoIntent", "pricing", "en-US"));
        assert_ne!(one, key("GreetingIntent", "security", "en-US"));
        assert_ne!(one, key("GreetingIntent", "pricing", "es-US"));
        assert!(one.starts_with("RESPONSE#GreetingIntent#"), "{one}");
        assert_eq!(one.len(), "RESPONSE#GreetingIntent#".len() + 32);
    }
}
