//! How long each state's call takes: as measured, as given, or as such a call usually does.

use std::collections::BTreeMap;

use atlas_asl::resource::{Pattern, Resource};

/// Milliseconds by state, and what stands for those that nobody measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    by_state: BTreeMap<String, u64>,
}

impl Latencies {
    /// Sets the milliseconds of a state's call.
    pub fn set(&mut self, state: &str, millis: u64) {
        self.by_state.insert(state.to_owned(), millis);
    }

    /// The states whose time is known.
    pub fn known(&self) -> impl Iterator<Item = &str> {
        self.by_state.keys().map(String::as_str)
    }

    /// The milliseconds of a call that has so many before it times out.
    ///
    /// What is not known is assumed, and none of these figures is a promise. Whoever set a timeout thinks that an
    /// answer comes before it, so no time that is assumed reaches it.
    pub fn of(&self, state: &str, resource: &Resource, allowed: Option<u64>) -> u64 {
        if let Some(millis) = self.by_state.get(state) {
            return *millis;
        }
        let assumed = assumed(resource);
        allowed.map_or(assumed, |millis| assumed.min(millis / 2))
    }
}

/// What a call takes as a rule.
fn assumed(resource: &Resource) -> u64 {
    match resource.pattern() {
        Pattern::Sync | Pattern::Sync2 | Pattern::WaitForTaskToken => return 60_000,
        Pattern::RequestResponse => {}
    }
    match resource {
        Resource::Function { .. } => 200,
        Resource::Activity { .. } => 60_000,
        Resource::Integration { service, .. } | Resource::AwsSdk { service, .. } => {
            match service.as_str() {
                "lambda" => 200,
                "dynamodb" => 10,
                "sqs" | "sns" | "events" | "eventbridge" | "states" | "sfn" => 30,
                "bedrock" | "bedrockruntime" => 2_000,
                "http" | "apigateway" => 300,
                _ => 100,
            }
        }
    }
}
