//! The language model: a port, Amazon Bedrock behind it, and what guards both sides. What goes in is
//! data, what comes out fills fixed fields.

mod breaker;
mod converse;
mod model;
mod prompt;
mod reply;
mod scenario_template;
mod text_rules;
mod topic;

pub use self::{
    breaker::{Breaker, BreakerSettings},
    converse::BedrockModel,
    model::{LanguageModel, ModelError, Question, Tool},
    prompt::{PROMPT_VERSION, data_text, phone_question, response_question, scenario_question},
    reply::{InvalidReply, Reply},
    scenario_template::{InvalidScenario, ScenarioTemplate, Slots},
    text_rules::{BrokenRule, MAX_TALKING_POINTS, escape, plain, unescape},
    topic::Topic,
};
