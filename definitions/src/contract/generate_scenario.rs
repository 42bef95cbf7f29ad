//! `GenerateScenario`: what the call is about, from the cache, the model or a template.

use atlas_asl::builder::{Step, raises, shape};

use super::{Lead, Origin, Scenario, error_names};

/// Has the model write a scenario, once per topic and locale.
#[derive(Debug, Clone, Copy)]
pub struct GenerateScenario;

impl Step for GenerateScenario {
    const HANDLER: &'static str = "GenerateDynamicScenarioHandler";
    type Input = GenerateScenarioInput;
    type Output = GenerateScenarioOutput;
    type Error = GenerateScenarioError;
}

shape! {
    /// What it takes.
    pub struct GenerateScenarioInput, GenerateScenarioArguments {
        /// The lead's words.
        pub lead: Lead,
        /// The language to write in.
        pub call: CallLocale,
    }
}

shape! {
    /// The part of the call preferences that a scenario needs.
    pub struct CallLocale, CallLocaleArguments {
        /// The language to speak.
        pub locale: String,
    }
}

shape! {
    /// What it gives.
    pub struct GenerateScenarioOutput, GenerateScenarioOutputArguments {
        /// The scenario.
        pub scenario: Scenario,
        /// Where it comes from.
        pub origin: Origin,
        /// The model that wrote it; `null` for a template.
        pub model_id: Option<String>,
    }
}

raises! {
    /// What it can raise.
    pub enum GenerateScenarioError {
        /// The payload broke the contract.
        InputInvalid = error_names::INPUT_INVALID,
        /// The model has too much to do.
        Throttled = error_names::BEDROCK_THROTTLED,
        /// The model did not answer.
        Unavailable = error_names::BEDROCK_UNAVAILABLE,
        /// The model's answer is no scenario.
        InvalidScenario = error_names::BEDROCK_INVALID_SCENARIO,
        /// DynamoDB did not answer.
        StoreUnavailable = error_names::STORE_UNAVAILABLE,
    }
}
