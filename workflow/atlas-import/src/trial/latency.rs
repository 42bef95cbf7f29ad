//! How long each state's call takes: as measured, as given, or as such a call usually does.

use std::collections::BTreeMap;

use atlas_asl::resource::{Pattern, Resource};

/// So long AWS lets an execution last: a year. What is added up of shorter times stays a number.
const MOST_MILLIS: u64 = 365 * 24 * 60 * 60 * 1_000;

/// A call that takes longer than any execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} ms is longer than an execution may last, a year; expected at most {MOST_MILLIS}")]
pub struct TooLong(u64);

/// Milliseconds by state, and what stands for those that nobody measured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    by_state: BTreeMap<String, u64>,
}

impl Latencies {
    /// Sets the milliseconds of a state's call.
    pub fn set(&mut self, state: &str, millis: u64) -> Result<(), TooLong> {
        if millis > MOST_MILLIS {
            return Err(TooLong(millis));
        }
        self.by_state.insert(state.to_owned(), millis);
        Ok(())
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
