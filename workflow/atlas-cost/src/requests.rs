//! What a handler asks of the services in one invocation, by how that ended.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DataError, Decimal, dated};

const BUILT_IN: &str = include_str!("../data/requests.json");

/// Of every handler. Counted once, and held to what the sandbox counts by a test of the command line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requests {
    /// When it was counted.
    pub as_of: String,
    /// And how.
    pub how: String,
    handlers: BTreeMap<String, Vec<Asked>>,
}

/// Of one handler after one kind of end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Asked {
    /// The ends that it is about: the outcome of a call, an error's name, `succeeded`; `*` is every other.
    after: Vec<String>,
    /// Only where the cache has it, or has not.
    cache: Option<Cached>,
    /// Write request units of DynamoDB, with indexes.
    pub(crate) write_units: Decimal,
    /// Those of them in the one partition that counts the calls.
    pub(crate) hot_write_units: Decimal,
    /// Read request units.
    pub(crate) read_units: Decimal,
    /// Requests to Salesforce, without logins.
    pub(crate) salesforce_requests: Decimal,
    /// Calls that Connect is asked to start.
    pub(crate) calls: Decimal,
    /// Whether somebody talks.
    pub(crate) talks: bool,
    /// How long the execution waits in vain, in seconds.
    pub(crate) waits_seconds: Decimal,
    /// Whether an event of Connect tells how it ended.
    pub(crate) tells_its_end: bool,
    /// Contacts that are looked up.
    pub(crate) describes: Decimal,
    /// Tokens that are answered.
    pub(crate) callbacks: Decimal,
    /// The prompt that the model is asked.
    pub(crate) prompt: Option<Asks>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Cached {
    Hit,
    Miss,
}

/// A prompt of the handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Asks {
    Scenario,
    Response,
    Phone,
}

impl Requests {
    /// Those that come with Atlas.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN).expect("a test reads the built-in counts")
    }

    fn parse(text: &str) -> Result<Self, DataError> {
        dated::read("the requests", text)
    }

    /// What an invocation asks for that ended so, each with its share.
    pub(crate) fn of(&self, handler: &str, end: &str, hits: Decimal) -> Vec<(Decimal, &Asked)> {
        let all = self.handlers.get(handler).map(Vec::as_slice).unwrap_or_default();
        let about = |end: &str| -> Vec<(Decimal, &Asked)> {
            let about = all.iter().filter(|asked| asked.after.iter().any(|it| it == end));
            let share = |asked: &Asked| match asked.cache {
                None => Decimal::whole(1),
                Some(Cached::Hit) => hits,
                Some(Cached::Miss) => Decimal::whole(1).less(hits),
            };
            about.map(|asked| (share(asked), asked)).collect()
        };
        let found = about(end);
        if found.is_empty() { about("*") } else { found }
    }

    /// The write and read units of an invocation that ended so.
    pub fn units(&self, handler: &str, end: &str, hits: Decimal) -> (Decimal, Decimal) {
        let asked = self.of(handler, end, hits);
        let of = |units: fn(&Asked) -> Decimal| {
            asked.iter().filter_map(|(share, asked)| units(asked).times(*share).ok()).sum()
        };
        (of(|asked| asked.write_units), of(|asked| asked.read_units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_is_counted_after_every_end() {
        let requests = Requests::parse(BUILT_IN).unwrap();
        for function in definitions::resources::FUNCTIONS {
            let asked = requests.of(function.name, "an error that nobody knows", Decimal::ZERO);
            assert_eq!(asked.len(), 1, "{}", function.name);
        }
    }

    #[test]
    fn hits_and_misses_of_the_cache_have_their_shares() {
        let requests = Requests::built_in();
        let units =
            requests.units("GenerateDynamicScenarioHandler", "succeeded", "0.9".parse().unwrap());
        assert_eq!(
            (units.0.to_string(), units.1.to_string()),
            ("0.1".to_owned(), "0.5".to_owned())
        );
    }
}
