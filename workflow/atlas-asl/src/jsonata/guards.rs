//! Guards: functions that no expression can name, which [`super::rewrite`] puts around what can take
//! memory or time without end within one step of the evaluator, where its own clock does not look.
//!
//! A guard hands on what it is given, or ends the evaluation.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use jsonata_core::evaluator::EvaluatorError;
use jsonata_core::functions;
use jsonata_core::value::{JValue, with_stack};

use super::bounds;

type Answer = Result<JValue, EvaluatorError>;

/// Around a text that is joined of two, in a function: it can double in length each time.
pub(super) const TEXT: &str = "bounded text";
/// Around a width to pad to.
pub(super) const WIDTH: &str = "bounded width";
/// Around a position in a text, which the evaluator adds to others without looking.
pub(super) const INDEX: &str = "bounded index";
/// Around a value that a later argument of the same call is judged by.
pub(super) const HELD: &str = "held";
/// Around the replacement of `$replace`, with its text and pattern held.
pub(super) const REPLACEMENT: &str = "bounded replacement";
/// Around the separator of `$join`, with the texts held.
pub(super) const SEPARATOR: &str = "bounded separator";
/// Around a picture of a date or a number.
pub(super) const PICTURE: &str = "bounded picture";
/// Around the picture of `$formatInteger`, with the number held.
pub(super) const NUMERAL: &str = "bounded numeral";
/// Around a range of numbers.
pub(super) const RANGE: &str = "bounded range";
/// Around what is done for each item of a sequence.
pub(super) const RESULT: &str = "bounded result";
/// Around what is read as a whole: a value that holds another twice, and so on, is far larger than the
/// memory that it takes.
pub(super) const TREE: &str = "bounded tree";
/// Instead of `$distinct`, which compares each item with each.
pub(super) const DISTINCT: &str = "distinct items";

/// The longest picture, and the largest width in one.
const LONGEST_PICTURE: usize = 1_000;

/// The most digits of a year.
const MOST_DIGITS: usize = 18;

/// Up to so many items, comparing each with each is no work.
const FEW_ITEMS: usize = 100;

/// A larger index is past the end of every text.
const LAST_INDEX: f64 = 4_503_599_627_370_496.0;

/// What the guards of one evaluation remember.
pub(super) struct Meter {
    /// What may still be made for each item of sequences.
    left: Cell<usize>,
    held: RefCell<Vec<JValue>>,
}

impl Default for Meter {
    fn default() -> Self {
        Self { left: Cell::new(bounds::MADE_BYTES), held: RefCell::default() }
    }
}

impl Meter {
    fn spend(&self, bytes: usize) -> Result<(), EvaluatorError> {
        self.left.set(self.left.get().checked_sub(bytes).ok_or_else(too_much)?);
        Ok(())
    }

    fn take(&self) -> JValue {
        self.held.borrow_mut().pop().unwrap_or(JValue::Undefined)
    }
}

/// What a guard does with the arguments of its call.
pub(super) type Guard = fn(&[JValue], &Meter) -> Answer;

/// The guard of this name.
pub(super) fn find(name: &str) -> Option<Guard> {
    Some(match name {
        TEXT => |arguments, _| {
            let text = first(arguments);
            fits(text.as_str().map_or(0, str::len)).map(|()| text)
        },
        WIDTH => |arguments, _| {
            let width = first(arguments);
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let most = bounds::VALUE_BYTES as f64;
            if width.as_f64().is_some_and(|width| width.abs() > most) {
                return Err(too_much());
            }
            Ok(width)
        },
        INDEX => |arguments, _| {
            Ok(match first(arguments) {
                JValue::Number(at) => JValue::Number(at.clamp(-LAST_INDEX, LAST_INDEX)),
                other => other,
            })
        },
        HELD => |arguments, meter| {
            let value = first(arguments);
            meter.held.borrow_mut().push(value.clone());
            Ok(value)
        },
        REPLACEMENT => replacement,
        SEPARATOR => separator,
        PICTURE => |arguments, _| {
            let picture = first(arguments);
            match picture.as_str().is_some_and(|picture| !is_modest(picture)) {
                true => Err(too_much()),
                false => Ok(picture),
            }
        },
        NUMERAL => |arguments, meter| {
            let (picture, number) = (first(arguments), meter.take());
            let length = number.as_f64().map_or(0.0, |number| number.abs() / 1_000.0);
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let is_long = length > bounds::VALUE_BYTES as f64;
            match picture.as_str() {
                Some(text) if !is_modest(text) || (is_long && is_roman(text)) => Err(too_much()),
                _ => Ok(picture),
            }
        },
        RANGE => |arguments, meter| {
            let range = first(arguments);
            let length = if let JValue::Array(items) = &range { items.len() } else { 1 };
            meter.spend(length * 8).map(|()| range)
        },
        RESULT => |arguments, meter| {
            let result = first(arguments);
            let spent = tree_bytes(&result, bounds::VALUE_BYTES)?;
            meter.spend(spent).map(|()| result)
        },
        TREE => |arguments, _| {
            let tree = first(arguments);
            tree_bytes(&tree, bounds::VALUE_BYTES).map(|_| tree)
        },
        DISTINCT => |arguments, _| distinct(first(arguments)),
        _ => return None,
    })
}

fn first(arguments: &[JValue]) -> JValue {
    arguments.first().cloned().unwrap_or(JValue::Undefined)
}

fn too_much() -> EvaluatorError {
    EvaluatorError::EvaluationError(bounds::MEMORY_EXCEEDED.to_owned())
}

fn fits(bytes: usize) -> Result<(), EvaluatorError> {
    if bytes > bounds::VALUE_BYTES { Err(too_much()) } else { Ok(()) }
}

/// Whether a picture is short, and asks for no width that is not.
pub(super) fn is_modest(picture: &str) -> bool {
    let markers = picture.split('[').skip(1).filter_map(|marker| marker.split(']').next());
    picture.len() <= LONGEST_PICTURE && markers.into_iter().all(is_narrow)
}

/// Whether the width of a marker, `*-4` of `[Y,*-4]`, is none to care about.
fn is_narrow(marker: &str) -> bool {
    let marker: String = marker.split_whitespace().collect();
    let (shown, width) = marker.rsplit_once(',').unwrap_or((&marker, ""));
    // A year is cut to its last digits by a power of ten, which must fit 64 bits.
    let most = if marker.starts_with('Y') { MOST_DIGITS } else { LONGEST_PICTURE };
    let digits = shown.chars().filter(|c| c.is_numeric() || *c == '#').count();
    let is_within = |width: &str| {
        let is_number = !width.is_empty() && width.bytes().all(|byte| byte.is_ascii_digit());
        !is_number || width.parse().is_ok_and(|width: usize| width <= most)
    };
    digits <= most && width.split('-').all(is_within)
}

/// Whether a picture writes numbers as Roman numerals, a letter for each thousand.
pub(super) fn is_roman(picture: &str) -> bool {
    let shown = picture.rsplit_once(';').map_or(picture, |(shown, _)| shown);
    shown.eq_ignore_ascii_case("i")
}

/// The second argument is the pattern where it is a regular expression; any other is held.
fn replacement(arguments: &[JValue], meter: &Meter) -> Answer {
    let replacement = first(arguments);
    let pattern = arguments.get(1).cloned().unwrap_or_else(|| meter.take());
    let text = meter.take();
    let (Some(text), Some(new)) = (text.as_str(), replacement.as_str()) else {
        return Ok(replacement);
    };
    if text.len().saturating_mul(new.len()) <= bounds::VALUE_BYTES {
        return Ok(replacement);
    }
    let length = match &pattern {
        JValue::String(old) if !old.is_empty() => {
            text.matches(&**old).count().saturating_mul(new.len())
        }
        JValue::Regex { .. } => {
            // `$0` to `$9` stand for the match or parts of it.
            let groups = new.matches('$').count();
            match functions::string::extract_regex(&pattern)
                .and_then(|(pattern, flags)| functions::string::build_regex(&pattern, &flags).ok())
            {
                Some(regex) => regex
                    .find_iter(text)
                    .map(|found| new.len().saturating_add(groups.saturating_mul(found.len())))
                    .fold(0, usize::saturating_add),
                None => 0,
            }
        }
        _ => 0,
    };
    fits(length.saturating_add(text.len())).map(|()| replacement)
}

fn separator(arguments: &[JValue], meter: &Meter) -> Answer {
    let (separator, texts) = (first(arguments), meter.take());
    if let (Some(between), JValue::Array(texts)) = (separator.as_str(), &texts) {
        let held = texts.iter().map(|text| text.as_str().map_or(0, str::len));
        fits(texts.len().saturating_mul(between.len()).saturating_add(held.sum()))?;
    }
    Ok(separator)
}

/// The bytes of a value, as a copy of it would take them.
fn tree_bytes(value: &JValue, most: usize) -> Result<usize, EvaluatorError> {
    let mut left = most;
    count(value, &mut left)?;
    Ok(most - left)
}

fn count(value: &JValue, left: &mut usize) -> Result<(), EvaluatorError> {
    let mut spend = |bytes: usize| {
        *left = left.checked_sub(bytes.max(1)).ok_or_else(too_much)?;
        Ok(())
    };
    match value {
        JValue::Null | JValue::Undefined | JValue::Bool(_) | JValue::Number(_) => spend(8),
        JValue::String(text) => spend(text.len()),
        JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => spend(8),
        JValue::Array(items) => {
            spend(1)?;
            with_stack(|| items.iter().try_for_each(|item| count(item, left)))
        }
        JValue::Object(fields) => {
            spend(1)?;
            with_stack(|| fields.values().try_for_each(|field| count(field, left)))
        }
    }
}

/// The items of an array, each once. Many are told apart by their texts.
fn distinct(value: JValue) -> Answer {
    let JValue::Array(items) = &value else { return Ok(value) };
    if items.len() <= 1 {
        return Ok(value);
    }
    tree_bytes(&value, bounds::VALUE_BYTES)?;
    let mut result = if items.len() <= FEW_ITEMS {
        functions::array::distinct(items)
            .map_err(|error| EvaluatorError::EvaluationError(error.to_string()))?
    } else {
        let mut seen = HashSet::with_capacity(items.len());
        let mut kept = Vec::new();
        for item in items.iter() {
            // A function is like no other.
            if key(item).is_none_or(|key| seen.insert(key)) {
                kept.push(item.clone());
            }
        }
        JValue::array(kept)
    };
    if items.sequence {
        result.mark_sequence();
    }
    Ok(result)
}

/// A text that equal values have in common, whatever the order of their fields.
fn key(value: &JValue) -> Option<String> {
    match value {
        // Zero is zero, whatever its sign, and what is no number is like no other.
        JValue::Number(number) => {
            (!number.is_nan()).then(|| format!("{:x}", (number + 0.0).to_bits()))
        }
        JValue::String(text) => Some(format!("\"{text}")),
        JValue::Array(items) => with_stack(|| {
            let keys: Option<Vec<String>> = items.iter().map(key).collect();
            keys.map(|keys| format!("{keys:?}"))
        }),
        JValue::Object(fields) => with_stack(|| {
            let keys: Option<Vec<(&String, String)>> =
                fields.iter().map(|(name, value)| Some((name, key(value)?))).collect();
            let mut keys = keys?;
            keys.sort();
            Some(format!("{{{keys:?}"))
        }),
        JValue::Null => Some("null".to_owned()),
        JValue::Bool(flag) => Some(flag.to_string()),
        JValue::Undefined | JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => {
            None
        }
    }
}
