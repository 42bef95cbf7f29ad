//! A parsed path, and the walk along a definite one, which borrows what it finds.

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::Value;

use super::{
    InvalidPath, PathFailure, PathFailureKind, evaluate, filter::Filter, function::Function, parse,
};
use crate::scope::Scope;

/// A parsed path. Cheap to clone; compare and show it by its source.
#[derive(Clone)]
pub struct Path {
    inner: Arc<Inner>,
}

struct Inner {
    source: String,
    root: Root,
    steps: Vec<Step>,
    /// How many of the first steps are plain names and indexes.
    plain: usize,
    definite: bool,
}

/// What a path starts from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Root {
    /// `$`: the input; within a filter, the document that the filter is applied to.
    Input,
    /// `$$`: the context object.
    Context,
    /// `$name`: a workflow variable.
    Variable(Box<str>),
    /// `@`: the value that a filter looks at; only within filters.
    Current,
}

/// One step of a path.
#[derive(Debug)]
pub(crate) enum Step {
    /// `.name`, `['name']`.
    Name(Box<str>),
    /// `['a','b']`: at the end of a path one object of those members, before that each of them.
    Names(Vec<Box<str>>),
    /// `[n]`, from the end where negative.
    Index(i64),
    /// `[a,b]`.
    Indexes(Vec<i64>),
    /// `[from:to]`; at least one of both is there.
    Slice(Option<i64>, Option<i64>),
    /// `.*`, `[*]`.
    Wildcard,
    /// `..`, always before another step.
    Descendants,
    /// `[?(…)]`.
    Filter(Filter),
    /// `.length()` and the like, always the last.
    Function(Function),
}

impl Path {
    /// Parses a path: `$`, `$$` or `$name`, then steps.
    pub fn parse(text: &str) -> Result<Self, InvalidPath> {
        parse::parse(text)
    }

    pub(super) fn new(source: &str, root: Root, steps: Vec<Step>) -> Self {
        let plain =
            steps.iter().take_while(|step| matches!(step, Step::Name(_) | Step::Index(_))).count();
        let last = steps.len().saturating_sub(1);
        let definite = steps.iter().enumerate().all(|(at, step)| match step {
            Step::Name(_) | Step::Index(_) | Step::Function(_) => true,
            Step::Names(_) => at == last,
            Step::Indexes(_)
            | Step::Slice(..)
            | Step::Wildcard
            | Step::Descendants
            | Step::Filter(_) => false,
        });
        Self { inner: Arc::new(Inner { source: source.to_owned(), root, steps, plain, definite }) }
    }

    /// The path as written.
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// What it starts from.
    pub fn root(&self) -> &Root {
        &self.inner.root
    }

    /// Whether it selects at most one value; an indefinite path gives an array of whatever it selects.
    pub fn is_definite(&self) -> bool {
        self.inner.definite
    }

    /// Whether it is a reference path: names and indexes only.
    pub fn is_reference(&self) -> bool {
        self.inner.plain == self.inner.steps.len()
    }

    pub(crate) fn steps(&self) -> &[Step] {
        &self.inner.steps
    }

    /// The steps after the leading names and indexes.
    pub(super) fn rest(&self) -> &[Step] {
        &self.inner.steps[self.inner.plain..]
    }

    /// The value of a definite path, borrowed where it stands in the scope; the array of all matches of an
    /// indefinite one, empty where its way is missing (as AWS recorded for `$.item.items[*]`).
    pub fn find<'a>(&self, scope: &'a dyn Scope) -> Result<Cow<'a, Value>, PathFailure> {
        let root = match &self.inner.root {
            Root::Input | Root::Current => scope.input(),
            Root::Context => scope.context(),
            Root::Variable(name) => scope
                .variable(name)
                .ok_or_else(|| self.failure(PathFailureKind::NoResults(format!("$['{name}']"))))?,
        };
        if self.is_reference() {
            return self.walk(root).map(Cow::Borrowed).map_err(|kind| self.failure(kind));
        }
        evaluate::find(self, root, scope).map_err(|kind| self.failure(kind))
    }

    fn failure(&self, kind: PathFailureKind) -> PathFailure {
        PathFailure { path: self.inner.source.clone(), kind }
    }

    /// Walks the leading names and indexes.
    pub(super) fn walk<'a>(&self, root: &'a Value) -> Result<&'a Value, PathFailureKind> {
        let mut value = root;
        for (at, step) in self.inner.steps[..self.inner.plain].iter().enumerate() {
            let next = match (step, value) {
                (Step::Name(name), Value::Object(members)) => members.get(&**name),
                (Step::Index(index), Value::Array(elements)) => element(elements, *index),
                _ => None,
            };
            value = next.ok_or_else(|| self.missing(at, value))?;
        }
        Ok(value)
    }

    /// Why the step at this position found nothing in this value.
    #[cold]
    fn missing(&self, at: usize, value: &Value) -> PathFailureKind {
        let steps = &self.inner.steps;
        let before = || bracketed(&steps[..at]);
        match (&steps[at], value) {
            (Step::Name(_), Value::Object(_)) if at + 1 < steps.len() => {
                PathFailureKind::MissingProperty(bracketed(&steps[..=at]))
            }
            (Step::Name(_), Value::Object(_)) | (Step::Index(_), Value::Array(_)) => {
                PathFailureKind::NoResults(bracketed(steps))
            }
            (Step::Index(_), Value::Null) => PathFailureKind::Null(before()),
            (step @ Step::Index(_), _) => {
                PathFailureKind::NotAnArray { index: step.to_string(), context: value.to_string() }
            }
            (step, _) => PathFailureKind::NotAnObject {
                property: step.to_string(),
                path: before(),
                found: jackson_class(value),
            },
        }
    }
}

/// The element of this index, counted from the end where it is negative.
pub(super) fn element(elements: &[Value], index: i64) -> Option<&Value> {
    let index = if index < 0 {
        elements.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?
    } else {
        usize::try_from(index).ok()?
    };
    elements.get(index)
}

/// Jackson's class of a value: Jayway names it when a value is not what a step needs.
fn jackson_class(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "com.fasterxml.jackson.databind.node.BooleanNode",
        Value::Number(number) if number.is_f64() => {
            "com.fasterxml.jackson.databind.node.DoubleNode"
        }
        Value::Number(number) if number.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) => {
            "com.fasterxml.jackson.databind.node.IntNode"
        }
        Value::Number(_) => "com.fasterxml.jackson.databind.node.LongNode",
        Value::String(_) => "com.fasterxml.jackson.databind.node.TextNode",
        Value::Array(_) => "com.fasterxml.jackson.databind.node.ArrayNode",
        Value::Object(_) => "com.fasterxml.jackson.databind.node.ObjectNode",
    }
}

/// Steps in Jayway's bracket form: `$['a'][0]`.
pub(super) fn bracketed(steps: &[Step]) -> String {
    std::iter::once("$".to_owned()).chain(steps.iter().map(Step::to_string)).collect()
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "['{name}']"),
            Self::Names(names) => write!(f, "['{}']", names.join("','")),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Indexes(indexes) => {
                let indexes: Vec<String> = indexes.iter().map(i64::to_string).collect();
                write!(f, "[{}]", indexes.join(","))
            }
            Self::Slice(from, to) => {
                let bound = |bound: &Option<i64>| bound.map_or(String::new(), |at| at.to_string());
                write!(f, "[{}:{}]", bound(from), bound(to))
            }
            Self::Wildcard => f.write_str("[*]"),
            Self::Descendants => f.write_str(".."),
            Self::Filter(_) => f.write_str("[?]"),
            Self::Function(function) => write!(f, ".{function}()"),
        }
    }
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.inner.source == other.inner.source
    }
}

impl Eq for Path {}

impl fmt::Debug for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Path({})", self.inner.source)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.source)
    }
}
