//! Which scenario: for everybody with this topic and language.

use sha2::{Digest, Sha256};

use super::{CacheKey, response_key::hex};
use crate::bedrock::{PROMPT_VERSION, Topic};

/// The key of a scenario: topic, locale, version of the prompt. Nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ScenarioKey(String);

impl ScenarioKey {
    /// The key of this topic and locale.
    pub fn new(topic: &Topic, locale: &str) -> Self {
        let topic = hex(&Sha256::digest(topic.as_str()), 32);
        Self(format!("SCENARIO#{PROMPT_VERSION}#{locale}#{topic}"))
    }
}

impl CacheKey for ScenarioKey {
    fn partition(&self) -> String {
        self.0.clone()
    }

    fn intent(&self) -> Option<&str> {
        None
    }
}
