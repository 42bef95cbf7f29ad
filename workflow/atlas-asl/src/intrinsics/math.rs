//! `States.MathAdd` and `States.MathRandom`.

use serde_json::Value;

use super::arguments::Arguments;
use crate::scope::Scope;

pub(super) fn add(arguments: &Arguments<'_>, _: &dyn Scope) -> Result<Value, String> {
    let (left, right) = (arguments.integer(0)?, arguments.integer(1)?);
    left.checked_add(right)
        .map(Value::from)
        .ok_or_else(|| "the sum passes the range of an integer".to_owned())
}

/// From the first number up to, and without, the second. A seed makes it the same number each time.
pub(super) fn random(arguments: &Arguments<'_>, scope: &dyn Scope) -> Result<Value, String> {
    let (start, end) = (arguments.integer(0)?, arguments.integer(1)?);
    let width = i128::from(end) - i128::from(start);
    if width <= 0 {
        return Err("the start of the range must be less than its end".to_owned());
    }
    let drawn = match arguments.values.len() {
        3 => mix(arguments.integer(2)?.cast_unsigned()),
        _ => scope.random(),
    };
    let number = i128::from(start) + i128::from(drawn) % width;
    i64::try_from(number).map(Value::from).map_err(|_| "the range passes 64 bits".to_owned())
}

/// Spreads a seed over 64 bits (the finalizer of SplitMix64).
fn mix(seed: u64) -> u64 {
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
