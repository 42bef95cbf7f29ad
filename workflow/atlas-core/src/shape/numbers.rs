//! Numbers that a state takes from its definition or its data: seconds, counts, percentages.

use atlas_asl::{
    jsonata::{FieldFailure, Session, describe},
    jsonpath::Path,
};
use serde_json::Value;

use super::paths::at_path;
use crate::{
    branch::BranchId,
    failure::StateFailure,
    program::{Number, Percentage},
    scope::StateScope,
    step::Cx,
};

/// A count of something: seconds, items, iterations.
pub(crate) fn number(
    cx: &Cx<'_>,
    id: BranchId,
    number: &Number,
    field: &str,
) -> Result<u64, StateFailure> {
    match number {
        Number::Literal(number) => Ok(*number),
        Number::Path(path) => {
            let value = at_path(cx, id, path)?;
            let is_of_map = field.starts_with("Max") || field.starts_with("Tolerated");
            match (value.as_u64(), value.as_i64(), is_of_map) {
                (Some(number), _, _) => Ok(number),
                (None, Some(_), false) => Err(StateFailure::runtime(format!(
                    "The {field}Path parameter references a negative value: {} == {value}",
                    path.source()
                ))),
                (None, _, false) => Err(StateFailure::runtime(format!(
                    "The {field}Path parameter cannot be parsed as a long value: {} == {value}",
                    path.source()
                ))),
                (None, Some(_), true) => {
                    Err(StateFailure::runtime(format!("{field} cannot be negative.")))
                }
                (None, None, true) => Err(not_a(path, field, &value, "integer")),
            }
        }
        Number::Jsonata(expression) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            let mut session = Session::new(&scope);
            let failed = |failure: &FieldFailure| {
                StateFailure::evaluation(
                    Some(field.to_owned()),
                    describe(failure, expression.source(), field),
                )
            };
            let value = session.field(expression).map_err(|failure| failed(&failure))?;
            whole_number(&value).ok_or_else(|| {
                failed(&if value.is_number() {
                    let expected = "a whole number that is not negative";
                    FieldFailure::UnexpectedValue { expected, value }
                } else {
                    FieldFailure::UnexpectedType { expected: "number", value }
                })
            })
        }
    }
}

/// `ToleratedFailureCount`.
pub(crate) fn tolerated_count(
    cx: &Cx<'_>,
    id: BranchId,
    count: &Number,
) -> Result<usize, StateFailure> {
    let count = number(cx, id, count, "ToleratedFailureCount")?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// `ToleratedFailurePercentage`.
pub(crate) fn tolerated_percentage(
    cx: &Cx<'_>,
    id: BranchId,
    percentage: &Percentage,
) -> Result<f64, StateFailure> {
    const FIELD: &str = "ToleratedFailurePercentage";
    let number = match percentage {
        Percentage::Literal(number) => *number,
        Percentage::Path(path) => {
            let value = at_path(cx, id, path)?;
            value.as_f64().ok_or_else(|| not_a(path, FIELD, &value, "float"))?
        }
        Percentage::Jsonata(expression) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            let failed = |failure: &FieldFailure| {
                StateFailure::evaluation(
                    Some(FIELD.to_owned()),
                    describe(failure, expression.source(), FIELD),
                )
            };
            let value = Session::new(&scope).field(expression).map_err(|it| failed(&it))?;
            value.as_f64().ok_or_else(|| {
                failed(&FieldFailure::UnexpectedType { expected: "number", value })
            })?
        }
    };
    if (0.0..=100.0).contains(&number) {
        Ok(number)
    } else {
        Err(StateFailure::runtime(format!("{FIELD} must be between 0 and 100.")))
    }
}

fn not_a(path: &Path, field: &str, value: &Value, wanted: &str) -> StateFailure {
    let shown = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    StateFailure::runtime(format!(
        "The {field}Path field refers to value \"{shown}\" which is not a valid {wanted}: {}",
        path.source()
    ))
}

/// A JSON number without a fraction, not below 0: JSONata computes in floating point.
fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be whole and in range"
        )]
        (number.fract() == 0.0 && (0.0..9e15).contains(&number)).then_some(number as u64)
    })
}
