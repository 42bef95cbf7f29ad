//! Field types that several states share.

use serde_json::Value;

use super::StateName;

/// `QueryLanguage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueryLanguage {
    /// `JSONPath`, the default.
    #[default]
    JsonPath,
    /// `JSONata`.
    Jsonata,
}

impl QueryLanguage {
    /// The word in the definition.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonPath => "JSONPath",
            Self::Jsonata => "JSONata",
        }
    }
}

/// A path field that may be `null`: `InputPath`, `OutputPath`, `ResultPath`.
#[derive(Debug, Clone, PartialEq)]
pub enum PathOrNull {
    /// `null`: nothing is taken (`InputPath`, `OutputPath`) or kept (`ResultPath`).
    Null,
    /// A path, as written.
    Path(String),
}

/// Where a state leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// `Next`.
    Next(StateName),
    /// `End: true`.
    End,
}

/// A whole number that a definition gives outright, by a JSONata expression, or by its `…Path` twin.
///
/// One field of this type stands for both names: `Path` renders as `TimeoutSecondsPath`, the others
/// as `TimeoutSeconds`.
#[derive(Debug, Clone, PartialEq)]
pub enum Count {
    /// A number.
    Literal(u64),
    /// `"{% … %}"`, as written, with its delimiters.
    Jsonata(String),
    /// The path of the `…Path` field, as written.
    Path(String),
}

/// `Error` and `Cause` of a Fail state.
#[derive(Debug, Clone, PartialEq)]
pub enum Text {
    /// A text, or in JSONata a `"{% … %}"` expression.
    Literal(String),
    /// `ErrorPath`, `CausePath`: a reference path or an intrinsic function.
    Path(String),
}

/// `JitterStrategy` of a retrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JitterStrategy {
    /// `FULL`: uniformly between nothing and the delay.
    Full,
    /// `NONE`.
    None,
}

/// One element of `Retry`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Retrier {
    /// `Comment`.
    pub comment: Option<String>,
    /// `ErrorEquals`.
    pub error_equals: Vec<String>,
    /// `IntervalSeconds`; 1 where absent.
    pub interval_seconds: Option<u64>,
    /// `MaxAttempts`; 3 where absent, 0 for never.
    pub max_attempts: Option<u64>,
    /// `BackoffRate`; 2.0 where absent.
    pub backoff_rate: Option<f64>,
    /// `MaxDelaySeconds`.
    pub max_delay_seconds: Option<u64>,
    /// `JitterStrategy`; `NONE` where absent.
    pub jitter_strategy: Option<JitterStrategy>,
}

/// One element of `Catch`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Catcher {
    /// `Comment`.
    pub comment: Option<String>,
    /// `ErrorEquals`.
    pub error_equals: Vec<String>,
    /// `Next`; `None` where the document gives none, which the validator reports.
    pub next: Option<StateName>,
    /// `ResultPath` (JSONPath).
    pub result_path: Option<PathOrNull>,
    /// `Assign`.
    pub assign: Option<Value>,
    /// `Output` (JSONata).
    pub output: Option<Value>,
}

/// `Credentials` of a Task: the role that it takes on, and whatever else the document holds there.
#[derive(Debug, Clone, PartialEq)]
pub struct Credentials(pub Value);
