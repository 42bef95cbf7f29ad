//! What can be wrong with a mock file: where, and what would have been right.

use std::fmt;

/// A mock file that cannot be used, with everything that is wrong with it, a line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MockFileError {
    /// The faults, in the order of the file.
    pub faults: Vec<MockFault>,
}

/// One fault of a mock file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MockFault {
    /// JSON pointer of the place; empty where the file is no JSON at all.
    pub pointer: String,
    /// What is wrong there.
    pub kind: MockFaultKind,
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the variants and their fields mean")]
pub enum MockFaultKind {
    #[error("line {line}, column {column}: the file is not UTF-8; save it as UTF-8")]
    NotUtf8 { line: usize, column: usize },
    #[error("line {line}, column {column}: {message}")]
    Malformed { line: usize, column: usize, message: String },
    #[error("`{found}` is unknown here; it has to be `MockedResponses`")]
    MisspelledResponses { found: String },
    #[error("`{field}` is missing; expected {expected}")]
    Missing { field: &'static str, expected: &'static str },
    #[error("this is {found}; expected {expected}")]
    WrongType { found: &'static str, expected: &'static str },
    #[error("no response is named `{name}`; {}", meant(.suggestion.as_deref(), .known))]
    UnknownResponse { name: String, suggestion: Option<String>, known: Vec<String> },
    #[error("the response has no entry; number the first `0`")]
    NoEntry,
    #[error("`{0}` is no invocation; expected a number such as `0` or a range such as `1-2`")]
    BadNumber(String),
    #[error("the range `{0}` ends before it starts; expected the smaller number first")]
    BackwardRange(String),
    #[error("numbers are consecutive from 0, and {missing} is missing before `{found}`")]
    Gap { missing: u32, found: String },
    #[error("`{first}` and `{second}` both answer invocation {number}; each number stands once")]
    Overlap { first: String, second: String, number: u32 },
    #[error("the entry has both `Return` and `Throw`; keep one of them")]
    BothAnswers,
    #[error("the entry has neither `Return` nor `Throw`; it needs one of them")]
    NeitherAnswer,
    #[error("`{found}` is unknown in {place}; expected {expected}")]
    UnknownField { found: String, place: &'static str, expected: &'static str },
    #[error("state machine `{machine}` has no state `{state}`; {}", meant(.suggestion.as_deref(), .known))]
    UnknownState { machine: String, state: String, suggestion: Option<String>, known: Vec<String> },
    #[error("state `{state}` is a {state_type} state; only Task states can be mocked")]
    NotATask { state: String, state_type: &'static str },
}

impl fmt::Display for MockFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl fmt::Display for MockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        write!(f, "{}", self.kind)
    }
}

impl MockFault {
    pub(super) fn new(pointer: impl Into<String>, kind: MockFaultKind) -> Self {
        Self { pointer: pointer.into(), kind }
    }
}

fn meant(suggestion: Option<&str>, known: &[String]) -> String {
    match suggestion {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("it has {}", super::listed(known)),
    }
}
