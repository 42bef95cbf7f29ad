//! The meaning of the simple form.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{Direct, Function, Operator, Order, Path, PathStep, Root, Stop};
use crate::jsonata::bounds;
use crate::jsonata::convert::{Budget, number_value};
use crate::jsonata::failure::{EvaluationFailure, type_name};
use crate::jsonata::session::Evaluated;
use crate::scope::Scope;

/// A value on the way, borrowed from the scope or the expression where it can be.
enum Operand<'v> {
    Undefined,
    Borrowed(&'v Value),
    Bool(bool),
    Number(f64),
    Text(Cow<'v, str>),
    /// An object or an array that was made here.
    Built(Value),
}

type Step<'v> = Result<Operand<'v>, Stop>;

/// What an operand is, as the operators see it.
enum Kind<'o> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(&'o str),
    Array(&'o [Value]),
    Object(&'o Map<String, Value>),
}

impl Operand<'_> {
    fn kind(&self) -> Kind<'_> {
        match self {
            Operand::Undefined => Kind::Undefined,
            Operand::Borrowed(value) => kind_of(value),
            Operand::Built(value) => kind_of(value),
            Operand::Bool(flag) => Kind::Bool(*flag),
            Operand::Number(number) => Kind::Number(*number),
            Operand::Text(text) => Kind::Text(text),
        }
    }

    fn into_value(self) -> Option<Value> {
        match self {
            Operand::Undefined => None,
            Operand::Borrowed(value) => Some(value.clone()),
            Operand::Built(value) => Some(value),
            Operand::Bool(flag) => Some(Value::Bool(flag)),
            Operand::Number(number) => Some(number_value(number)),
            Operand::Text(text) => Some(Value::String(text.into_owned())),
        }
    }
}

fn kind_of(value: &Value) -> Kind<'_> {
    match value {
        Value::Null => Kind::Null,
        Value::Bool(flag) => Kind::Bool(*flag),
        Value::Number(number) => Kind::Number(number.as_f64().unwrap_or(0.0)),
        Value::String(text) => Kind::Text(text),
        Value::Array(items) => Kind::Array(items),
        Value::Object(fields) => Kind::Object(fields),
    }
}

impl Direct {
    /// Evaluates over a scope.
    pub(in crate::jsonata) fn evaluate(&self, scope: &dyn Scope) -> Result<Evaluated, Stop> {
        let operand = evaluate(self, scope)?;
        Ok(operand.into_value().map_or(Evaluated::Undefined, Evaluated::Value))
    }

    /// The value that a mere path reaches.
    pub(in crate::jsonata) fn lookup<'a>(&self, scope: &'a dyn Scope) -> Option<&'a Value> {
        match self {
            Self::Path(path) => walk(path, scope).ok().flatten(),
            _ => None,
        }
    }
}

fn evaluate<'v>(direct: &'v Direct, scope: &'v dyn Scope) -> Step<'v> {
    match direct {
        Direct::Literal(value) => Ok(Operand::Borrowed(value)),
        Direct::Path(path) => Ok(walk(path, scope)?.map_or(Operand::Undefined, Operand::Borrowed)),
        Direct::Equal(left, right) => {
            let (left, right) = (evaluate(left, scope)?, evaluate(right, scope)?);
            Ok(Operand::Bool(equal(&left.kind(), &right.kind()) == Some(true)))
        }
        Direct::NotEqual(left, right) => {
            let (left, right) = (evaluate(left, scope)?, evaluate(right, scope)?);
            Ok(Operand::Bool(equal(&left.kind(), &right.kind()) == Some(false)))
        }
        Direct::Compare(order, left, right) => {
            let (left, right) = (evaluate(left, scope)?, evaluate(right, scope)?);
            compare(*order, &left.kind(), &right.kind())
        }
        Direct::In(item, items) => {
            let item = evaluate(item, scope)?;
            match item.kind() {
                Kind::Undefined => Ok(Operand::Bool(false)),
                Kind::Array(_) => Err(Stop::BeyondUs),
                kind => Ok(Operand::Bool(
                    items.iter().any(|other| equal(&kind, &kind_of(other)) == Some(true)),
                )),
            }
        }
        Direct::And(left, right) => {
            let both = truth(&evaluate(left, scope)?)? && truth(&evaluate(right, scope)?)?;
            Ok(Operand::Bool(both))
        }
        Direct::Or(left, right) => {
            let either = truth(&evaluate(left, scope)?)? || truth(&evaluate(right, scope)?)?;
            Ok(Operand::Bool(either))
        }
        Direct::Concatenate(left, right) => {
            let mut text = match evaluate(left, scope)? {
                Operand::Text(Cow::Owned(text)) => text,
                left => {
                    let mut text = String::new();
                    append(&mut text, &left)?;
                    text
                }
            };
            append(&mut text, &evaluate(right, scope)?)?;
            if text.len() > bounds::VALUE_BYTES {
                return Err(failed(EvaluationFailure::bound(bounds::MEMORY_EXCEEDED)));
            }
            Ok(Operand::Text(Cow::Owned(text)))
        }
        Direct::Calculate(operator, left, right) => {
            let (left, right) = (evaluate(left, scope)?, evaluate(right, scope)?);
            calculate(*operator, &left, &right)
        }
        Direct::Negate(operand) => match number(&evaluate(operand, scope)?)? {
            None => Ok(Operand::Undefined),
            Some(number) => Ok(Operand::Number(-number)),
        },
        Direct::Conditional { condition, then, otherwise } => {
            if truth(&evaluate(condition, scope)?)? {
                evaluate(then, scope)
            } else if let Some(otherwise) = otherwise {
                evaluate(otherwise, scope)
            } else {
                Ok(Operand::Undefined)
            }
        }
        Direct::Object(fields) => object(fields, scope),
        Direct::Array(items) => array(items, scope),
        Direct::Call(function, argument) => call(*function, evaluate(argument, scope)?),
        Direct::ContainsText(text, part) => {
            matches_text(&evaluate(text, scope)?, |text| text.contains(part.as_str()))
        }
        Direct::ContainsPattern(text, pattern) => matches_text(&evaluate(text, scope)?, pattern),
        Direct::Merge(items) => merge(items, scope),
    }
}

/// `None` is undefined. A path that must go through an array makes a sequence.
fn walk<'v>(path: &Path, scope: &'v dyn Scope) -> Result<Option<&'v Value>, Stop> {
    let root = match &path.root {
        Root::Input => Some(scope.input()),
        Root::Context => Some(scope.context()),
        Root::ContextPart(part) => scope.context_part(*part),
        Root::Result => scope.result(),
        Root::ErrorOutput => scope.error_output(),
        Root::Variable(name) => scope.variable(name),
    };
    let Some(mut value) = root else {
        return Ok(None);
    };
    for step in &path.steps {
        let next = match (step, value) {
            (PathStep::Field(field), Value::Object(fields)) => fields.get(field),
            (PathStep::Field(_), Value::Array(_)) => return Err(Stop::BeyondUs),
            (
                PathStep::Field(_),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_),
            ) => None,
            (PathStep::Index(index), Value::Array(items)) => match item(items, *index) {
                // An array that is selected becomes the sequence itself.
                Some(Value::Array(_)) => return Err(Stop::BeyondUs),
                item => item,
            },
            // Any other value is the only item of a sequence.
            (PathStep::Index(0 | -1), only) => Some(only),
            (PathStep::Index(_), _) => None,
        };
        match next {
            Some(next) => value = next,
            None => return Ok(None),
        }
    }
    Ok(Some(value))
}

/// The item of this index, counted from the end where it is negative.
fn item(items: &[Value], index: i64) -> Option<&Value> {
    let from_start = usize::try_from(index);
    let from_end = || items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    items.get(from_start.ok().or_else(from_end)?)
}

/// `None` when either side is undefined, which makes both `=` and `!=` false.
fn equal(left: &Kind<'_>, right: &Kind<'_>) -> Option<bool> {
    Some(match (left, right) {
        (Kind::Undefined, _) | (_, Kind::Undefined) => return None,
        (Kind::Null, Kind::Null) => true,
        (Kind::Bool(left), Kind::Bool(right)) => left == right,
        (Kind::Number(left), Kind::Number(right)) => left == right,
        (Kind::Text(left), Kind::Text(right)) => left == right,
        (Kind::Array(left), Kind::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(*right)
                    .all(|(left, right)| equal(&kind_of(left), &kind_of(right)) == Some(true))
        }
        (Kind::Object(left), Kind::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| {
                    right
                        .get(name)
                        .is_some_and(|right| equal(&kind_of(left), &kind_of(right)) == Some(true))
                })
        }
        _ => false,
    })
}

fn compare(order: Order, left: &Kind<'_>, right: &Kind<'_>) -> Step<'static> {
    let comparable =
        |kind: &Kind<'_>| matches!(kind, Kind::Undefined | Kind::Number(_) | Kind::Text(_));
    if !comparable(left) || !comparable(right) {
        return Err(failed(EvaluationFailure::coded(
            "T2010",
            format!(
                "The expressions either side of operator \"{}\" must evaluate to numeric or string values",
                order.symbol()
            ),
        )));
    }
    let ordering = match (left, right) {
        (Kind::Undefined, _) | (_, Kind::Undefined) => return Ok(Operand::Undefined),
        (Kind::Number(left), Kind::Number(right)) => left.partial_cmp(right),
        (Kind::Text(left), Kind::Text(right)) => {
            Some(left.encode_utf16().cmp(right.encode_utf16()))
        }
        _ => {
            return Err(failed(EvaluationFailure::coded(
                "T2009",
                format!(
                    "The values {} and {} either side of operator \"{}\" must be of the same data type",
                    shown(left),
                    shown(right),
                    order.symbol()
                ),
            )));
        }
    };
    let Some(ordering) = ordering else {
        return Err(Stop::BeyondUs);
    };
    Ok(Operand::Bool(match order {
        Order::Less => ordering.is_lt(),
        Order::LessOrEqual => ordering.is_le(),
        Order::Greater => ordering.is_gt(),
        Order::GreaterOrEqual => ordering.is_ge(),
    }))
}

fn shown(kind: &Kind<'_>) -> String {
    match kind {
        Kind::Number(number) => number_value(*number).to_string(),
        Kind::Text(text) => Value::from(*text).to_string(),
        _ => String::new(),
    }
}

fn failed(failure: EvaluationFailure) -> Stop {
    Stop::Failed(Box::new(failure))
}

fn truth(operand: &Operand<'_>) -> Result<bool, Stop> {
    Ok(match operand.kind() {
        Kind::Undefined | Kind::Null => false,
        Kind::Bool(flag) => flag,
        Kind::Number(number) => number != 0.0,
        Kind::Text(text) => !text.is_empty(),
        Kind::Object(fields) => !fields.is_empty(),
        Kind::Array(_) => return Err(Stop::BeyondUs),
    })
}

/// A number that the operators take; `None` is undefined.
fn number(operand: &Operand<'_>) -> Result<Option<f64>, Stop> {
    match operand.kind() {
        Kind::Undefined => Ok(None),
        Kind::Number(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(Stop::BeyondUs),
    }
}

fn calculate(operator: Operator, left: &Operand<'_>, right: &Operand<'_>) -> Step<'static> {
    let (Some(left), Some(right)) = (number(left)?, number(right)?) else {
        return Ok(Operand::Undefined);
    };
    let result = match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        Operator::Remainder => left % right,
    };
    Ok(Operand::Number(result))
}

/// Appends as `&` does.
fn append(text: &mut String, operand: &Operand<'_>) -> Result<(), Stop> {
    match operand.kind() {
        Kind::Undefined => {}
        Kind::Null => text.push_str("null"),
        Kind::Bool(flag) => text.push_str(if flag { "true" } else { "false" }),
        // Other numbers are rounded to 15 digits, and large ones have an exponent.
        Kind::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            // Adding zero turns the negative zero into the positive one.
            write!(text, "{}", number + 0.0).expect("a String takes every text");
        }
        Kind::Text(part) => text.push_str(part),
        Kind::Number(_) | Kind::Array(_) | Kind::Object(_) => return Err(Stop::BeyondUs),
    }
    Ok(())
}

/// What becomes a part of a value that is built; each part may be all that the scope holds.
fn part(operand: Operand<'_>, budget: &mut Budget) -> Result<Option<Value>, Stop> {
    let spent = match &operand {
        Operand::Borrowed(value) => budget.spend_on(value),
        Operand::Built(value) => budget.spend_on(value),
        Operand::Undefined | Operand::Bool(_) | Operand::Number(_) | Operand::Text(_) => Ok(()),
    };
    match spent {
        Ok(()) => Ok(operand.into_value()),
        Err(_) => Err(failed(EvaluationFailure::bound(bounds::MEMORY_EXCEEDED))),
    }
}

fn object<'v>(fields: &'v [(String, Direct)], scope: &'v dyn Scope) -> Step<'v> {
    let mut object = Map::with_capacity(fields.len());
    let mut budget = Budget::default();
    for (name, field) in fields {
        if let Some(value) = part(evaluate(field, scope)?, &mut budget)? {
            object.insert(name.clone(), value);
        }
    }
    Ok(Operand::Built(Value::Object(object)))
}

/// An array that an item evaluates to is spliced in, unless it was written as an array.
fn array<'v>(items: &'v [Direct], scope: &'v dyn Scope) -> Step<'v> {
    let mut array = Vec::with_capacity(items.len());
    let mut budget = Budget::default();
    for item in items {
        match (item, part(evaluate(item, scope)?, &mut budget)?) {
            (_, None) => {}
            (Direct::Array(_), Some(value)) => array.push(value),
            (_, Some(Value::Array(values))) => array.extend(values),
            (_, Some(value)) => array.push(value),
        }
    }
    Ok(Operand::Built(Value::Array(array)))
}

fn merge<'v>(items: &'v [Direct], scope: &'v dyn Scope) -> Step<'v> {
    let mut merged = Map::new();
    let mut budget = Budget::default();
    for item in items {
        match part(evaluate(item, scope)?, &mut budget)? {
            None => {}
            Some(Value::Object(fields)) => merged.extend(fields),
            Some(_) => return Err(Stop::BeyondUs),
        }
    }
    Ok(Operand::Built(Value::Object(merged)))
}

fn call(function: Function, argument: Operand<'_>) -> Step<'_> {
    match function {
        Function::Exists => Ok(Operand::Bool(!matches!(argument, Operand::Undefined))),
        _ if matches!(argument, Operand::Undefined) => Ok(Operand::Undefined),
        Function::Not => Ok(Operand::Bool(!truth(&argument)?)),
        Function::Boolean => Ok(Operand::Bool(truth(&argument)?)),
        Function::Type => Ok(Operand::Text(Cow::Borrowed(type_of(&argument)))),
        Function::Length => {
            #[expect(clippy::cast_precision_loss, reason = "a length is far below 2^53")]
            let length = text(&argument)?.chars().count() as f64;
            Ok(Operand::Number(length))
        }
        Function::String => {
            if let Operand::Text(_) | Operand::Borrowed(Value::String(_)) = argument {
                return Ok(argument);
            }
            let mut text = String::new();
            append(&mut text, &argument)?;
            Ok(Operand::Text(Cow::Owned(text)))
        }
        Function::Uppercase => Ok(Operand::Text(Cow::Owned(text(&argument)?.to_uppercase()))),
        Function::Lowercase => Ok(Operand::Text(Cow::Owned(text(&argument)?.to_lowercase()))),
    }
}

fn type_of(operand: &Operand<'_>) -> &'static str {
    match operand {
        Operand::Undefined => "undefined",
        Operand::Borrowed(value) => type_name(value),
        Operand::Built(value) => type_name(value),
        Operand::Bool(_) => "boolean",
        Operand::Number(_) => "number",
        Operand::Text(_) => "string",
    }
}

fn text<'o>(operand: &'o Operand<'_>) -> Result<&'o str, Stop> {
    match operand {
        Operand::Text(text) => Ok(text),
        Operand::Borrowed(Value::String(text)) => Ok(text),
        _ => Err(Stop::BeyondUs),
    }
}

fn matches_text(operand: &Operand<'_>, matches: impl Fn(&str) -> bool) -> Step<'static> {
    match operand {
        Operand::Undefined => Ok(Operand::Undefined),
        operand => Ok(Operand::Bool(matches(text(operand)?))),
    }
}
