//! What a rule found.

use serde::Serialize;

use crate::place::Place;

/// Something that could be otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What.
    pub kind: Kind,
    /// Where.
    pub place: Place,
    /// Whether it is known, or may be.
    pub certainty: Certainty,
    /// In how many runs.
    pub runs: usize,
    /// How often, in all runs.
    pub count: usize,
    /// The time that goes into it, in milliseconds a run.
    pub mean_ms: f64,
    /// Why it takes time.
    pub cause: String,
    /// What to do.
    pub remedy: String,
    /// What that would gain; `None` where it cannot be told.
    pub gain: Option<Gain>,
}

/// What a change would gain: the runs were scheduled again with it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Gain {
    /// In milliseconds a run.
    pub mean_ms: f64,
    /// Of the time to the goal without waiting for somebody outside.
    pub share: f64,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The same question to the same service again, with the same answer.
    RepeatedCall,
    /// A new connection where an open one was there.
    ColdConnection,
    /// States in sequence of which the later need nothing of the earlier.
    SequentialStates,
    /// Calls in sequence inside a function.
    SequentialCalls,
    /// New execution environments.
    ColdStart,
    /// Attempts that fail, and the delays before the next.
    Retries,
    /// A Wait state.
    Wait,
    /// A function that has much more memory than it uses, or hardly enough.
    Memory,
}

impl Kind {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::RepeatedCall => "repeated call",
            Self::ColdConnection => "new connection for each call",
            Self::SequentialStates => "states in sequence",
            Self::SequentialCalls => "calls in sequence",
            Self::ColdStart => "cold starts",
            Self::Retries => "failed attempts and their delays",
            Self::Wait => "wait",
            Self::Memory => "memory",
        }
    }
}

/// Whether something is known, or may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It follows from what was seen.
    Proven,
    /// It may be so; what was seen does not decide it.
    Possible,
}
