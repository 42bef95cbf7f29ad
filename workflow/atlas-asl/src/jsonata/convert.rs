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
    /// It holds more than one value may, or nests deeper.
    TooLarge,
}

/// A JSON value from the evaluator's; undefined must have been asked for before.
pub(super) fn from_evaluator(value: &JValue) -> Result<Value, NoJson> {
    copy(value, &mut Budget::default(), bounds::LEVELS)
}

/// What may still be copied into one value.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Self(bounds::VALUE_BYTES)
    }
}

impl Budget {
    /// Takes at least one byte, so that empty containers count too.
    fn spend(&mut self, bytes: usize) -> Result<(), NoJson> {
        self.0 = self.0.checked_sub(bytes.max(1)).ok_or(NoJson::TooLarge)?;
        Ok(())
    }

    /// Takes what a value takes that was copied, or is to be.
    pub(super) fn spend_on(&mut self, value: &Value) -> Result<(), NoJson> {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => self.spend(8),
            Value::String(text) => self.spend(text.len()),
            Value::Array(items) => {
                self.spend(0)?;
                items.iter().try_for_each(|item| self.spend_on(item))
            }
            Value::Object(fields) => {
                self.spend(0)?;
                fields.iter().try_for_each(|(name, value)| {
                    self.spend(name.len())?;
                    self.spend_on(value)
                })
            }
        }
    }
}

/// Shared parts can make a value far larger than the memory that it takes in the evaluator, so what
/// has been copied is counted.
fn copy(value: &JValue, budget: &mut Budget, levels: usize) -> Result<Value, NoJson> {
    let below = || levels.checked_sub(1).ok_or(NoJson::TooLarge);
    match value {
        JValue::Null | JValue::Undefined => budget.spend(8).map(|()| Value::Null),
        JValue::Bool(flag) => budget.spend(8).map(|()| Value::Bool(*flag)),
        JValue::Number(number) => budget.spend(8).map(|()| number_value(*number)),
        JValue::String(text) => budget.spend(text.len()).map(|()| Value::String(text.to_string())),
        JValue::Array(items) => with_stack(|| {
            budget.spend(0)?;
            let below = below()?;
            let items: Result<Vec<Value>, NoJson> =
                items.iter().map(|item| copy(item, budget, below)).collect();
            items.map(Value::Array)
        }),
        JValue::Object(fields) => with_stack(|| {
            budget.spend(0)?;
            let below = below()?;
            let mut object = Map::with_capacity(fields.len());
            for (name, value) in fields.iter() {
                budget.spend(name.len())?;
                object.insert(name.clone(), copy(value, budget, below)?);
            }
            Ok(Value::Object(object))
        }),
        JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => Err(NoJson::Function),
    }
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
