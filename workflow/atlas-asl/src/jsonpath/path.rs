//! A parsed path, and the walk along a definite one, which borrows what it finds.

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::Value;

use super::{
    InvalidPath, PathFailure, PathFailureKind, evaluate, filter::Filter, function::Function, parse,
};
use crate::scope::{ContextPart, Scope};

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
    /// The part of the context object that is all it reads, and how many steps lead there.
    context_part: Option<(ContextPart, usize)>,
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
        let context_part = match root {
            Root::Context if plain == steps.len() => ContextPart::of(steps.iter().map_while(name)),
            Root::Context | Root::Input | Root::Variable(_) | Root::Current => None,
        };
        let source = source.to_owned();
        Self { inner: Arc::new(Inner { source, root, steps, plain, definite, context_part }) }
    }

    /// The path as written.
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// What it starts from.
    pub fn root(&self) -> &Root {
        &self.inner.root
    }

    /// Whether it selects at most one value; an indefinite path gives an array of whatever it selects,
    /// or what a function at its end makes of that.
    pub fn is_definite(&self) -> bool {
        self.inner.definite
    }

    /// Whether it is a reference path: names and indexes only.
    pub fn is_reference(&self) -> bool {
        self.inner.plain == self.inner.steps.len()
    }

    /// The names that it begins with.
    pub(crate) fn leading_names(&self) -> Vec<&str> {
        self.inner.steps.iter().map_while(name).collect()
    }

    /// How many steps it has.
    pub(crate) fn length(&self) -> usize {
        self.inner.steps.len()
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
        if let Some((part, taken)) = self.inner.context_part
            && let Some(value) = scope.context_part(part)
        {
            return self
                .walk_from(taken, value)
                .map(Cow::Borrowed)
                .map_err(|kind| self.failure(kind));
        }
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
        self.walk_from(0, root)
    }

    /// Walks them from this step on, which looks into this value.
    fn walk_from<'a>(&self, first: usize, value: &'a Value) -> Result<&'a Value, PathFailureKind> {
        let mut value = value;
        for (at, step) in self.inner.steps[..self.inner.plain].iter().enumerate().skip(first) {
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

fn name(step: &Step) -> Option<&str> {
    match step {
        Step::Name(name) => Some(name),
        _ => None,
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Cow, Path};
    use crate::scope::fixed::Fixed;

    fn scope() -> Fixed {
        let mut scope = Fixed::of(json!({
            "m": {"k-1": "dash", "schlüssel": "umlaut"},
            "items": [{"n": 1, "tag": "a"}, {"n": 2, "tag": "b"}, {"n": 3}],
            "text": "t", "nothing": null
        }));
        scope.context = json!({"Execution": {"Id": "arn", "Input": {}}});
        scope.variables.insert("var".to_owned(), json!({"x": [7, 8]}));
        scope
    }

    fn check(path: &str, expected: Result<Value, &str>) {
        let path = Path::parse(path).unwrap();
        let scope = scope();
        let found = path.find(&scope).map(Cow::into_owned).map_err(|failure| failure.to_string());
        assert_eq!(found, expected.map_err(str::to_owned), "{path}");
    }

    #[test]
    fn paths_find_their_values_from_all_three_roots() {
        check("$.m.k-1", Ok(json!("dash")));
        check("$.m.schlüssel", Ok(json!("umlaut")));
        check("$$.Execution.Id", Ok(json!("arn")));
        check("$var.x[-1]", Ok(json!(8)));
        check("$var['x'][0]", Ok(json!(7)));
        check("$.items[?(@.n > 1 && @.tag == 'b')].n", Ok(json!([2])));
        check("$.items[?(@.tag)].tag", Ok(json!(["a", "b"])));
        check("$.items[?(@.tag in ['b', \"c\"])].n", Ok(json!([2])));
        check("$.items[?(@.tag =~ /A|z/i)].n", Ok(json!([1])));
        check("$.items[?(@.n == $var.x[0] || !@.tag)].n", Ok(json!([3])));
        check("$.items[0]['n','tag']", Ok(json!({"n": 1, "tag": "a"})));
        check("$.items[0,2].n", Ok(json!([1, 3])));
        check("$..tag", Ok(json!(["a", "b"])));
        check("$.items.length()", Ok(json!(3)));
        check("$..n.max()", Ok(json!(3.0)));
        check("$.items[*].length()", Ok(json!([2, 2, 1])));
    }

    #[test]
    fn failures_are_worded_as_aws_words_them() {
        // Recorded: v2-scenarios, test_invalid_jsonpath and test_catch_states_runtime.
        check("$.No", Err("Invalid path '$.No' : No results for path: $['No']"));
        check(
            "$.no.such.path",
            Err("Invalid path '$.no.such.path' : Missing property in path $['no']"),
        );
        check(
            "$.items[9].n",
            Err("Invalid path '$.items[9].n' : No results for path: $['items'][9]['n']"),
        );
        check("$.nothing[0]", Err("Invalid path '$.nothing[0]' : The path $['nothing'] is null"));
        check(
            "$.text.x",
            Err(
                "Invalid path '$.text.x' : Expected to find an object with property ['x'] in path $['text'] but found 'com.fasterxml.jackson.databind.node.TextNode'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.",
            ),
        );
    }

    #[test]
    fn an_indefinite_path_without_a_match_gives_an_empty_array() {
        // Recorded: v2-base, test_json_path_array_wildcard_or_slice_with_no_input.
        for path in ["$.item.list[*]", "$.item.list[1:5].itemValue", "$.list[:1]", "$.x[1:]"] {
            check(path, Ok(json!([])));
        }
    }

    #[test]
    fn a_definite_path_borrows_what_it_finds() {
        let scope = scope();
        for path in ["$", "$.items[1].n", "$$.Execution", "$var"] {
            assert!(matches!(Path::parse(path).unwrap().find(&scope), Ok(Cow::Borrowed(_))));
        }
    }

    #[test]
    fn kinds_of_paths_are_told_apart() {
        for (path, definite, reference) in [
            ("$", true, true),
            ("$.a['b'][0]", true, true),
            ("$.a['b','c']", true, false),
            ("$.a['b','c'].d", false, false),
            ("$.a.length()", true, false),
            ("$.a[*]", false, false),
            ("$..a", false, false),
            ("$.a[?(@.b)]", false, false),
            ("$.a[1:2]", false, false),
        ] {
            let parsed = Path::parse(path).unwrap();
            assert_eq!(
                (parsed.is_definite(), parsed.is_reference()),
                (definite, reference),
                "{path}"
            );
        }
    }

    #[test]
    fn what_is_no_path_is_refused_with_the_place() {
        for (text, position) in [
            ("", 1),
            ("a", 1),
            ("$.", 3),
            ("$.a b", 4),
            ("$[", 3),
            ("$['a]", 4),
            ("$.a[x]", 5),
            ("$.é[", 5),
            ("$.a[?(@.b ~ 1)]", 11),
            ("$.a.nope()", 11),
            ("$-a", 2),
            ("$.a[1:2:]x", 10),
        ] {
            let refused = Path::parse(text).unwrap_err();
            assert_eq!(refused.position, position, "{refused}");
        }
    }

    #[test]
    fn hostile_paths_and_documents_end_with_an_error() {
        let deep = format!("$.a{}", "[?(@".repeat(10_000));
        assert!(Path::parse(&deep).is_err());
        assert!(Path::parse(&format!("$[?({}", "(".repeat(10_000))).is_err());
        let long = Path::parse(&format!("$..a{}", "[0]".repeat(10_000))).unwrap();
        assert!(long.find(&scope()).is_ok());

        let mut document = json!([1, 2]);
        for _ in 0..20_000 {
            document = Value::Array(vec![document]);
        }
        let scope = Fixed::of(document);
        let many = Path::parse("$..*..*..*..*").unwrap();
        assert!(many.find(&scope).unwrap_err().to_string().contains("more than 1000000"));
        std::mem::forget(scope);

        let lists = Fixed::of(Value::Array(vec![json!([]); 50_000]));
        let mut deep = Value::Array(vec![json!(0); 50_000]);
        for _ in 0..100 {
            deep = Value::Array(vec![deep]);
        }
        let long =
            Fixed::of(Value::Array(vec![json!("x".repeat(100_000)), json!([1]), json!([2])]));
        for (path, scope) in [
            ("$[*].append($)", &lists),
            ("$[?(@.append($) == 1)]", &lists),
            ("$..*", &Fixed::of(deep)),
            (&format!("$.concat({})", ["$[0]"; 1_000].join(",")), &long),
        ] {
            let found = Path::parse(path).unwrap().find(scope).map(Cow::into_owned);
            assert!(found.unwrap_err().to_string().contains("more than 1000000"), "{path}");
        }
    }
}
