//! Simple expressions, evaluated on the values of the scope without entering the evaluator.
//!
//! An expression is either evaluated here with exactly JSONata's result, or handed on: whatever needs
//! JSONata's sequences (a path through an array, say) or its own error texts is beyond this file.

mod compile;
mod evaluate;

pub(super) use compile::compile;

use serde_json::Value;

use super::failure::EvaluationFailure;
use crate::scope::ContextPart;

/// Why an evaluation did not end here.
pub(super) enum Stop {
    /// Only the evaluator knows.
    BeyondUs,
    Failed(Box<EvaluationFailure>),
}

/// An expression of the simple form.
pub(super) enum Direct {
    Literal(Value),
    Path(Path),
    Equal(Box<Self>, Box<Self>),
    NotEqual(Box<Self>, Box<Self>),
    Compare(Order, Box<Self>, Box<Self>),
    In(Box<Self>, Vec<Value>),
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Concatenate(Box<Self>, Box<Self>),
    Calculate(Operator, Box<Self>, Box<Self>),
    Negate(Box<Self>),
    Conditional { condition: Box<Self>, then: Box<Self>, otherwise: Option<Box<Self>> },
    Object(Vec<(String, Self)>),
    Array(Vec<Self>),
    Call(Function, Box<Self>),
    ContainsText(Box<Self>, String),
    ContainsPattern(Box<Self>, Pattern),
    Merge(Vec<Self>),
}

/// Whether a text matches a regular expression.
pub(super) type Pattern = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// Fields and items of a value of the scope.
pub(super) struct Path {
    root: Root,
    steps: Vec<PathStep>,
}

enum PathStep {
    /// `.name`.
    Field(String),
    /// `[n]`, from the end where negative.
    Index(i64),
}

impl Path {
    /// Whether this is `$states.input` and nothing more.
    fn is_whole_input(&self) -> bool {
        matches!(self.root, Root::Input) && self.steps.is_empty()
    }
}

enum Root {
    Input,
    /// The whole context object.
    Context,
    ContextPart(ContextPart),
    Result,
    ErrorOutput,
    Variable(String),
}

#[derive(Clone, Copy)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn symbol(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// A function of one argument.
#[derive(Clone, Copy)]
pub(super) enum Function {
    Not,
    Boolean,
    Exists,
    Type,
    Length,
    String,
    Uppercase,
    Lowercase,
}

impl Direct {
    /// Whether this is `$states.input` and nothing more.
    pub(super) fn is_whole_input(&self) -> bool {
        matches!(self, Self::Path(path) if path.is_whole_input())
    }
}
