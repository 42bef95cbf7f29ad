//! `[?(…)]`: what a filter says, and whether a value passes it, with Jayway's operators.

use std::{borrow::Cow, cmp::Ordering};

use regex::Regex;
use serde_json::{Number, Value};

use super::{Path, PathFailureKind, evaluate::Evaluation};

/// The condition of a filter.
#[derive(Debug)]
pub(crate) enum Filter {
    /// `… || …`
    Any(Vec<Filter>),
    /// `… && …`
    All(Vec<Filter>),
    /// `!…`
    Not(Box<Filter>),
    /// A path alone: does it lead anywhere?
    Exists(Path),
    /// Two operands and an operator.
    Compare(Operand, Operator, Operand),
}

/// A side of a comparison, or an argument of a function.
#[derive(Debug)]
pub(crate) enum Operand {
    /// `@…`, `$…`
    Path(Path),
    /// A JSON value; strings may stand in single quotes.
    Literal(Value),
    /// `/…/i`
    Pattern(Regex),
}

macro_rules! operators {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// A comparison operator of a filter.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Operator { $($variant),+ }

        impl Operator {
            /// The operators and how they are written; where one begins another, the longer first.
            pub(super) const ALL: &[(&'static str, Operator)] = &[$(($text, Operator::$variant)),+];
        }
    };
}

operators! {
    StrictlyEqual = "===", StrictlyUnequal = "!==", Matches = "=~",
    Equal = "==", Unequal = "!=",
    AtMost = "<=", AtLeast = ">=", Less = "<", Greater = ">",
    NotIn = "nin", In = "in", SubsetOf = "subsetof", AnyOf = "anyof", NoneOf = "noneof",
    ContainsAll = "all", Contains = "contains", Size = "size", Empty = "empty",
}

impl Filter {
    /// Whether a value passes.
    pub(super) fn accepts(
        &self,
        value: &Value,
        evaluation: &Evaluation<'_>,
    ) -> Result<bool, PathFailureKind> {
        evaluation.visit(1)?;
        match self {
            Self::Any(filters) => {
                for filter in filters {
                    if filter.accepts(value, evaluation)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::All(filters) => {
                for filter in filters {
                    if !filter.accepts(value, evaluation)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Not(filter) => Ok(!filter.accepts(value, evaluation)?),
            Self::Exists(path) => Ok(evaluation.within(path, value)?.is_some()),
            Self::Compare(left, operator, right) => {
                if let Operand::Pattern(pattern) = right {
                    let found = left.value(value, evaluation)?;
                    return Ok(*operator == Operator::Matches && matches(pattern, found.as_deref()));
                }
                if let Operand::Pattern(pattern) = left {
                    let found = right.value(value, evaluation)?;
                    return Ok(*operator == Operator::Matches && matches(pattern, found.as_deref()));
                }
                let left = left.value(value, evaluation)?;
                let right = right.value(value, evaluation)?;
                Ok(operator.holds(left.as_deref(), right.as_deref()))
            }
        }
    }
}

impl Operand {
    /// Its value for the value that the filter looks at; `None` where a path leads nowhere.
    pub(super) fn value<'a>(
        &'a self,
        current: &'a Value,
        evaluation: &'a Evaluation<'_>,
    ) -> Result<Option<Cow<'a, Value>>, PathFailureKind> {
        match self {
            Self::Path(path) => evaluation.within(path, current),
            Self::Literal(value) => Ok(Some(Cow::Borrowed(value))),
            Self::Pattern(_) => Ok(None),
        }
    }
}

impl Operator {
    fn holds(self, left: Option<&Value>, right: Option<&Value>) -> bool {
        match self {
            Self::Equal => loosely_equal(left, right),
            Self::Unequal => !loosely_equal(left, right),
            Self::StrictlyEqual => strictly_equal(left, right),
            Self::StrictlyUnequal => !strictly_equal(left, right),
            Self::Less => order(left, right) == Some(Ordering::Less),
            Self::Greater => order(left, right) == Some(Ordering::Greater),
            Self::AtMost => order(left, right).is_some_and(Ordering::is_le),
            Self::AtLeast => order(left, right).is_some_and(Ordering::is_ge),
            Self::In => elements(right).is_some_and(|right| has(right, left)),
            Self::NotIn => !elements(right).is_some_and(|right| has(right, left)),
            Self::SubsetOf => both(left, right, |left, right| {
                left.iter().all(|element| has(right, Some(element)))
            }),
            Self::AnyOf => both(left, right, |left, right| {
                left.iter().any(|element| has(right, Some(element)))
            }),
            Self::NoneOf => both(left, right, |left, right| {
                !left.iter().any(|element| has(right, Some(element)))
            }),
            Self::ContainsAll => both(left, right, |left, right| {
                right.iter().all(|element| has(left, Some(element)))
            }),
            Self::Contains => match (left, right) {
                (Some(Value::String(left)), Some(Value::String(right))) => {
                    left.contains(right.as_str())
                }
                _ => elements(left).is_some_and(|left| has(left, right)),
            },
            Self::Size => {
                let size = right.and_then(Value::as_f64);
                length(left).zip(size).is_some_and(|(length, size)| length as f64 == size.trunc())
            }
            Self::Empty => length(left)
                .zip(right.and_then(Value::as_bool))
                .is_some_and(|(length, empty)| (length == 0) == empty),
            Self::Matches => false,
        }
    }
}

/// Whether the whole text matches; of an array, whether one element does.
fn matches(pattern: &Regex, value: Option<&Value>) -> bool {
    let one = |value: &Value| match value {
        Value::String(text) => pattern.is_match(text),
        Value::Number(_) | Value::Bool(_) => pattern.is_match(&value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => pattern.is_match(""),
    };
    match value {
        Some(Value::Array(elements)) => elements.iter().any(one),
        Some(value) => one(value),
        None => pattern.is_match(""),
    }
}

fn elements(value: Option<&Value>) -> Option<&[Value]> {
    value.and_then(Value::as_array).map(Vec::as_slice)
}

fn both(
    left: Option<&Value>,
    right: Option<&Value>,
    holds: impl FnOnce(&[Value], &[Value]) -> bool,
) -> bool {
    elements(left).zip(elements(right)).is_some_and(|(left, right)| holds(left, right))
}

fn has(elements: &[Value], value: Option<&Value>) -> bool {
    elements.iter().any(|element| loosely_equal(Some(element), value))
}

/// Characters of a text, elements of an array, members of an object.
fn length(value: Option<&Value>) -> Option<usize> {
    match value? {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(elements) => Some(elements.len()),
        Value::Object(members) => Some(members.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// Equal as Jayway sees it: a number equals its text, and nothing equals nothing at all.
fn loosely_equal(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(Value::String(text)), Some(Value::Number(number)))
        | (Some(Value::Number(number)), Some(Value::String(text))) => *text == number.to_string(),
        (Some(left), Some(right)) => same(left, right),
        _ => false,
    }
}

fn strictly_equal(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => same(left, right),
        _ => false,
    }
}

/// Deep equality in which 1 is 1.0. Recursion is as deep as the smaller of two parsed documents.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => compare_numbers(left, right).is_eq(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(name, left)| right.get(name).is_some_and(|right| same(left, right)))
        }
        _ => left == right,
    }
}

fn order(left: Option<&Value>, right: Option<&Value>) -> Option<Ordering> {
    match (left?, right?) {
        (Value::Number(left), Value::Number(right)) => Some(compare_numbers(left, right)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::String(left), Value::Number(right)) => Some((**left).cmp(&*right.to_string())),
        (Value::Number(left), Value::String(right)) => Some((*left.to_string()).cmp(right)),
        _ => None,
    }
}

/// Compares two numbers by value, exactly where both are whole.
pub(crate) fn compare_numbers(left: &Number, right: &Number) -> Ordering {
    let whole = |number: &Number| {
        number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
    };
    if let (Some(left), Some(right)) = (whole(left), whole(right)) {
        return left.cmp(&right);
    }
    let (left, right) = (left.as_f64().unwrap_or(f64::NAN), right.as_f64().unwrap_or(f64::NAN));
    left.partial_cmp(&right).unwrap_or(Ordering::Less)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Path;
    use crate::scope::fixed::Fixed;

    #[test]
    fn every_operator_of_jayway_filters() {
        let scope = Fixed::of(json!([
            {"id": 1, "n": 5, "s": "five", "l": ["a", "b"]},
            {"id": 2, "n": 7.5, "s": "", "l": []},
            {"id": 3, "n": "7", "l": ["c"], "o": {"x": null}},
            {"id": 4}
        ]));
        for (filter, expected) in [
            ("@.n == 5.0", json!([1])),
            ("@.n != 5", json!([2, 3, 4])),
            ("@.n === '7'", json!([3])),
            ("@.n == 7", json!([3])),
            ("@.n !== 7", json!([1, 2, 3, 4])),
            ("@.n >= 7.5", json!([2])),
            ("5 <= @.n && @.n < 6", json!([1])),
            ("@.s =~ /F.*E/i", json!([1])),
            ("@.s in ['five', 'six']", json!([1])),
            ("@.s nin ['five']", json!([2, 3, 4])),
            ("@.l subsetof ['a','b','c']", json!([1, 2, 3])),
            ("@.l anyof ['b']", json!([1])),
            ("@.l noneof ['b']", json!([2, 3])),
            ("@.l all ['a', 'b']", json!([1])),
            ("@.l contains 'c'", json!([3])),
            ("@.s contains 'iv'", json!([1])),
            ("@.l size 2", json!([1])),
            ("@.s empty true", json!([2])),
            ("@.o.x == null", json!([3])),
            ("@.o", json!([3])),
            ("!@.o && !(@.id == 1 || @.id == 2)", json!([4])),
            ("@.l.length() == $[0].l.length()", json!([1])),
        ] {
            let path = Path::parse(&format!("$[?({filter})].id")).unwrap();
            assert_eq!(*path.find(&scope).unwrap(), expected, "{filter}");
        }
    }
}
