//! Evaluates paths that select more than one value, within a bound on the work.
//!
//! One list of values per step rather than recursion, so that neither a long path nor a deep
//! document can exhaust the stack, and `$..*..*..*` ends with a failure instead of never.

use std::{borrow::Cow, cell::Cell};

use serde_json::{Map, Value};

use super::{
    Path, PathFailureKind, Root,
    path::{Step, bracketed, element},
};
use crate::scope::Scope;

/// The most values that one evaluation may visit or copy, in all its filters together.
const MOST_VISITS: usize = 1_000_000;

/// So many bytes of a text that is copied count as a value.
const BYTES_OF_A_VALUE: usize = 16;

/// What an evaluation can see, and what it may still do.
pub(super) struct Evaluation<'a> {
    scope: &'a dyn Scope,
    document: &'a Value,
    visits_left: Cell<usize>,
}

/// What a path selects.
enum Selected<'a> {
    /// A definite path: one value.
    One(Cow<'a, Value>),
    /// An indefinite path: any number of values.
    Many(Vec<Cow<'a, Value>>),
}

impl<'a> Selected<'a> {
    fn into_value(self) -> Cow<'a, Value> {
        match self {
            Self::One(value) => value,
            Self::Many(values) => Cow::Owned(values.into_iter().map(Cow::into_owned).collect()),
        }
    }
}

/// Evaluates a path that has more than names and indexes.
pub(super) fn find<'a>(
    path: &Path,
    document: &'a Value,
    scope: &'a dyn Scope,
) -> Result<Cow<'a, Value>, PathFailureKind> {
    let evaluation = Evaluation { scope, document, visits_left: Cell::new(MOST_VISITS) };
    Ok(evaluation.select(path, document)?.into_value())
}

impl<'d> Evaluation<'d> {
    /// Counts visits, and fails where there have been too many.
    pub(super) fn visit(&self, count: usize) -> Result<(), PathFailureKind> {
        let left = self.visits_left.get().checked_sub(count).ok_or(PathFailureKind::TooMuchWork)?;
        self.visits_left.set(left);
        Ok(())
    }

    /// Counts a value that is to be copied, with all that it holds: `$[*].append($)` copies the whole
    /// document for each of its elements.
    pub(super) fn copy(&self, value: &Value) -> Result<(), PathFailureKind> {
        let text = |text: &str| self.visit(1 + text.len() / BYTES_OF_A_VALUE);
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => self.visit(1),
            Value::String(value) => text(value),
            Value::Array(elements) => {
                self.visit(1)?;
                elements.iter().try_for_each(|element| self.copy(element))
            }
            Value::Object(members) => {
                self.visit(1)?;
                members.iter().try_for_each(|(name, member)| {
                    text(name)?;
                    self.copy(member)
                })
            }
        }
    }

    /// What a path within a filter leads to; `None` where it leads nowhere.
    pub(super) fn within<'a>(
        &self,
        path: &Path,
        current: &'a Value,
    ) -> Result<Option<Cow<'a, Value>>, PathFailureKind>
    where
        'd: 'a,
    {
        let root = match path.root() {
            Root::Current => Some(current),
            Root::Input => Some(self.document),
            Root::Context => Some(self.scope.context()),
            Root::Variable(name) => self.scope.variable(name),
        };
        let Some(root) = root else { return Ok(None) };
        match self.select(path, root) {
            Ok(selected) => Ok(Some(selected.into_value())),
            Err(PathFailureKind::TooMuchWork) => Err(PathFailureKind::TooMuchWork),
            Err(_) => Ok(None),
        }
    }

    fn select<'a>(&self, path: &Path, root: &'a Value) -> Result<Selected<'a>, PathFailureKind> {
        let start = match path.walk(root) {
            Ok(start) => start,
            Err(failure) if path.is_definite() => return Err(failure),
            Err(_) => return Ok(Selected::Many(Vec::new())),
        };
        let mut found = vec![start];
        let mut rest = path.rest();
        while let [step, after @ ..] = rest {
            match step {
                Step::Names(names) if after.is_empty() => {
                    let mut merged = Vec::with_capacity(found.len());
                    for value in found.into_iter().filter_map(|value| merge(names, value)) {
                        self.copy(&value)?;
                        merged.push(Cow::Owned(value));
                    }
                    return self.finish(path, merged);
                }
                Step::Function(function) => {
                    if matches!(path.steps(), [Step::Descendants, ..]) {
                        found.iter().try_for_each(|value| self.copy(value))?;
                        let all = found.into_iter().cloned().collect();
                        return Ok(Selected::One(Cow::Owned(function.apply(&all, root, self)?)));
                    }
                    let results: Result<Vec<_>, _> = found
                        .into_iter()
                        .map(|value| function.apply(value, root, self).map(Cow::Owned))
                        .collect();
                    return self.finish(path, results?);
                }
                Step::Descendants => {
                    found = self.descendants(&found, after.first())?;
                }
                step => {
                    let mut next = Vec::new();
                    for value in found {
                        self.apply(step, value, &mut next)?;
                    }
                    found = next;
                }
            }
            rest = after;
        }
        self.finish(path, found.into_iter().map(Cow::Borrowed).collect())
    }

    /// One value where the path is definite, all of them where it is not: those are copied into one.
    fn finish<'a>(
        &self,
        path: &Path,
        mut found: Vec<Cow<'a, Value>>,
    ) -> Result<Selected<'a>, PathFailureKind> {
        if !path.is_definite() {
            for value in &found {
                if let Cow::Borrowed(value) = value {
                    self.copy(value)?;
                }
            }
            return Ok(Selected::Many(found));
        }
        found
            .pop()
            .map(Selected::One)
            .ok_or_else(|| PathFailureKind::NoResults(bracketed(path.steps())))
    }

    /// Appends what one step selects in one value.
    fn apply<'a>(
        &self,
        step: &Step,
        value: &'a Value,
        found: &mut Vec<&'a Value>,
    ) -> Result<(), PathFailureKind> {
        let before = found.len();
        match (step, value) {
            (Step::Name(name), Value::Object(members)) => found.extend(members.get(&**name)),
            (Step::Names(names), Value::Object(members)) => {
                found.extend(names.iter().filter_map(|name| members.get(&**name)));
            }
            (Step::Index(index), Value::Array(elements)) => {
                found.extend(element(elements, *index));
            }
            (Step::Indexes(indexes), Value::Array(elements)) => {
                found.extend(indexes.iter().filter_map(|index| element(elements, *index)));
            }
            (Step::Slice(from, to), Value::Array(elements)) => {
                slice(elements, *from, *to, found);
            }
            (Step::Wildcard, Value::Array(elements)) => found.extend(elements),
            (Step::Wildcard, Value::Object(members)) => found.extend(members.values()),
            (Step::Filter(filter), Value::Array(elements)) => {
                for element in elements {
                    if filter.accepts(element, self)? {
                        found.push(element);
                    }
                }
            }
            (Step::Filter(filter), Value::Object(_)) if filter.accepts(value, self)? => {
                found.push(value);
            }
            _ => {}
        }
        self.visit(found.len() - before + 1)
    }

    /// Every value itself and all below it that `next` can be applied to, parents first.
    fn descendants<'a>(
        &self,
        values: &[&'a Value],
        next: Option<&Step>,
    ) -> Result<Vec<&'a Value>, PathFailureKind> {
        let mut all = Vec::new();
        let mut waiting: Vec<&'a Value> = values.iter().rev().copied().collect();
        while let Some(value) = waiting.pop() {
            self.visit(1)?;
            let taken = match (next, value) {
                // A filter below `..` sees each array as a whole, and its elements one by one later.
                (Some(Step::Filter(filter)), Value::Array(_)) => filter.accepts(value, self)?,
                (Some(Step::Names(names)), Value::Object(members)) => {
                    names.iter().all(|name| members.contains_key(&**name))
                }
                _ => true,
            };
            if taken {
                all.push(value);
            }
            match value {
                Value::Array(elements) => waiting.extend(elements.iter().rev()),
                Value::Object(members) => waiting.extend(members.values().rev()),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
        Ok(all)
    }
}

/// One object of the members of these names.
fn merge(names: &[Box<str>], value: &Value) -> Option<Value> {
    let members = value.as_object()?;
    let mut merged = Map::new();
    for name in names {
        if let Some(member) = members.get(&**name) {
            merged.insert(name.to_string(), member.clone());
        }
    }
    Some(Value::Object(merged))
}

/// Jayway's slices: with both bounds, each index between them, where negative ones count from the end;
/// so `[-2:]` is the last two, `[-3:-1]` two before the last, and `[1:-1]` nothing.
fn slice<'a>(
    elements: &'a [Value],
    from: Option<i64>,
    to: Option<i64>,
    found: &mut Vec<&'a Value>,
) {
    let length = i64::try_from(elements.len()).unwrap_or(i64::MAX);
    let from_end = |at: i64| if at < 0 { length.saturating_add(at) } else { at };
    let (from, to) = match (from, to) {
        (Some(from), Some(to)) => (from.max(-length), to.min(length)),
        (from, to) => {
            (from.map_or(0, |from| from_end(from).max(0)), to.map_or(length, from_end).min(length))
        }
    };
    found.extend((from..to).filter_map(|index| element(elements, index)));
}
