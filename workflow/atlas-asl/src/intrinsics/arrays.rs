//! `States.Array` and the functions on arrays.

use serde_json::{Value, json};

use super::arguments::Arguments;
use crate::scope::Scope;

/// The most elements that `States.ArrayRange` makes.
const LONGEST_RANGE: i128 = 1000;

pub(super) fn array(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    Ok(arguments.values.iter().map(|value| value.as_ref().clone()).collect())
}

pub(super) fn partition(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let array = arguments.array(0)?;
    let size = usize::try_from(arguments.integer(1)?).ok().filter(|size| *size > 0);
    let size = size.ok_or("the chunk size must be a positive, non-zero integer")?;
    Ok(array.chunks(size).map(<[Value]>::to_vec).map(Value::Array).collect())
}

pub(super) fn contains(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    Ok(arguments.array(0)?.contains(arguments.value(1)).into())
}

pub(super) fn range(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let (first, last) = (i128::from(arguments.integer(0)?), i128::from(arguments.integer(1)?));
    let step = i128::from(arguments.integer(2)?);
    if step == 0 {
        return Err("the increment of the range must not be zero".to_owned());
    }
    let length = ((last - first) / step + 1).max(0);
    let length = if (last - first).signum() * step.signum() < 0 { 0 } else { length };
    if length > LONGEST_RANGE {
        return Err("the range cannot contain more than 1000 items".to_owned());
    }
    let elements = (0..length).map(|at| i64::try_from(first + at * step).map(Value::from));
    elements.collect::<Result<_, _>>().map_err(|_| "the range passes 64 bits".to_owned())
}

pub(super) fn get_item(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let (array, index) = (arguments.array(0)?, arguments.integer(1)?);
    usize::try_from(index).ok().and_then(|at| array.get(at)).cloned().ok_or_else(|| {
        format!("the index {index} is out of bounds for an array of {}", array.len())
    })
}

pub(super) fn length(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    Ok(json!(arguments.array(0)?.len()))
}

pub(super) fn unique(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let mut seen = std::collections::HashSet::new();
    let array = arguments.array(0)?.iter();
    Ok(array.filter(|value| seen.insert(value.to_string())).cloned().collect())
}
