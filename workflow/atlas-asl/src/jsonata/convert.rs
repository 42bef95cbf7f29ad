//! Values in and out of the evaluator.

use indexmap::IndexMap;
use jsonata_core::value::{JArray, JValue, with_stack};
use serde_json::{Map, Number, Value};

use super::bounds;

/// A copy of a JSON value for the evaluator.
pub(super) fn into_evaluator(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(flag) => JValue::Bool(*flag),
        Value::Number(number) => JValue::Number(number.as_f64().unwrap_or(0.0)),
        Value::String(text) => JValue::string(text.as_str()),
        Value::Array(items) => with_stack(|| {
            let flat = !items.iter().any(Value::is_array);
            let items = items.iter().map(into_evaluator).collect();
            JValue::Array(JArray::new_flat(items, flat))
        }),
        Value::Object(fields) => with_stack(|| {
            let fields: IndexMap<String, JValue> =
                fields.iter().map(|(name, value)| (name.clone(), into_evaluator(value))).collect();
            JValue::object(fields)
        }),
    }
}

/// Why a value of the evaluator is no JSON value.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoJson {
    /// It is or holds a function.
    Function,
    /// It holds more than one value may.
    TooLarge,
}

/// A JSON value from the evaluator's; undefined must have been asked for before.
pub(super) fn from_evaluator(value: &JValue) -> Result<Value, NoJson> {
    let mut budget = bounds::VALUE_BYTES;
    copy(value, &mut budget)
}

/// Shared parts can make a value far larger than the memory that it takes in the evaluator, so what
/// has been copied is counted.
fn copy(value: &JValue, budget: &mut usize) -> Result<Value, NoJson> {
    match value {
        JValue::Null | JValue::Undefined => spend(budget, 8).map(|()| Value::Null),
        JValue::Bool(flag) => spend(budget, 8).map(|()| Value::Bool(*flag)),
        JValue::Number(number) => spend(budget, 8).map(|()| number_value(*number)),
        JValue::String(text) => spend(budget, text.len()).map(|()| Value::String(text.to_string())),
        JValue::Array(items) => with_stack(|| {
            spend(budget, 0)?;
            let items: Result<Vec<Value>, NoJson> =
                items.iter().map(|item| copy(item, budget)).collect();
            items.map(Value::Array)
        }),
        JValue::Object(fields) => with_stack(|| {
            let mut object = Map::with_capacity(fields.len());
            for (name, value) in fields.iter() {
                spend(budget, name.len())?;
                object.insert(name.clone(), copy(value, budget)?);
            }
            Ok(Value::Object(object))
        }),
        JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => Err(NoJson::Function),
    }
}

/// Takes at least one byte, so that empty containers count too.
fn spend(budget: &mut usize, bytes: usize) -> Result<(), NoJson> {
    *budget = budget.checked_sub(bytes.max(1)).ok_or(NoJson::TooLarge)?;
    Ok(())
}

/// A number as AWS writes it: whole numbers without a fraction while they fit 64 bits, and the names
/// of the numbers that JSON does not have, as texts.
pub(super) fn number_value(number: f64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "the bound is 2^63, which is exact")]
    const LONG: f64 = i64::MAX as f64;
    if number.fract() == 0.0 && number > -LONG && number < LONG {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within range")]
        let whole = number as i64;
        return Value::from(whole);
    }
    match Number::from_f64(number) {
        Some(number) => Value::Number(number),
        None => Value::from(if number.is_nan() {
            "NaN"
        } else if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }),
    }
}
