//! The port: a question with one tool that the model must use, and the tool's input as the answer.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

/// What a model is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// The instructions: a constant of ours, never a word from outside.
    pub system: &'static str,
    /// What the question is about: data from outside, sent as JSON in a turn of the user.
    pub data: Value,
    /// The form of the answer.
    pub tool: Tool,
    /// What the answer may cost at most, in tokens.
    pub max_tokens: u32,
    /// When nobody waits any more.
    pub deadline: Duration,
}

/// The one tool that the model has to use: its input is the answer.
#[derive(Debug, Clone)]
pub struct Tool {
    /// Its name, at most 64 of `[0-9A-Za-z_-]`.
    pub name: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The JSON schema of its input.
    pub input_schema: Value,
}

/// Why there is no answer. Nothing that was asked or answered stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The model has too much to do.
    #[error("the model throttles: {0}")]
    Throttled(String),
    /// No answer in time, or none at all.
    #[error("the model did not answer: {0}")]
    Unavailable(String),
    /// An answer that is none.
    #[error("the model's answer cannot be used: {0}")]
    Invalid(String),
}

/// A model that answers by using a tool.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// The model, as it is named in records.
    fn id(&self) -> &str;

    /// Asks once. The answer is the tool's input, as the model wrote it: not yet validated.
    async fn ask(&self, question: &Question) -> Result<Value, ModelError>;
}
