//! The caches: what the model wrote before, for the scenario of a call and for the chat's answers.
//!
//! Both lie in one table, `AtlasEngine-ResponseCache`, with this process's memory before it. An entry
//! is over when its timestamp says so: DynamoDB deletes up to days later.

mod dynamodb;
mod dynamodb_search;
mod in_memory;
mod layered;
mod once_per_key;
mod store;

mod response_key;
mod scenario_key;

#[cfg(test)]
mod against_dynamodb;

pub use self::{
    dynamodb::DynamoDbCache,
    dynamodb_search::{CacheSearch, FoundEntry},
    layered::{Cache, CacheSettings},
    once_per_key::OncePerKey,
    response_key::ResponseKey,
    scenario_key::ScenarioKey,
    store::{CacheKey, CacheStore, CacheUnavailable, Entry},
};
