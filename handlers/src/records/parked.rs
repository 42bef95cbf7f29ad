//! A lead or an outcome that the workflow parked, until it is replayed.

use definitions::contract::InteractionKey;
use serde_json::{Map, Value};

/// A parked item. What it holds is written by the state machines (`definitions`, `park`).
#[derive(Debug, Clone, PartialEq)]
pub struct Parked {
    /// The key of the pipeline.
    pub interaction_key: InteractionKey,
    /// `PARKED` for a lead, `UNREPORTED#n` for the outcome of an attempt.
    pub record: String,
    /// Its texts and numbers.
    pub fields: Map<String, Value>,
}
