//! Texts that a state takes from its definition or its data.

use atlas_asl::jsonata::{FieldFailure, Session, describe};
use serde_json::Value;

use super::paths::effective_input;
use crate::{branch::BranchId, failure::StateFailure, program::Words, scope::StateScope, step::Cx};

/// A text: `Error`, `Cause`, `Timestamp`.
pub(crate) fn words(
    cx: &Cx<'_>,
    id: BranchId,
    words: &Words,
    field: &str,
) -> Result<String, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    let value = match words {
        Words::Literal(text) => return Ok(text.clone()),
        Words::JsonPath(expression) => expression
            .evaluate(&format!("{field}Path"), &scope)
            .map_err(|failure| StateFailure::state(failure.error_name(), failure.to_string()))?,
        Words::Jsonata(expression) => {
            let failed = |failure: &FieldFailure| {
                StateFailure::evaluation(
                    Some(field.to_owned()),
                    describe(failure, expression.source(), field),
                )
            };
            match Session::new(&scope).field(expression).map_err(|failure| failed(&failure))? {
                value @ Value::String(_) => value,
                value => {
                    return Err(failed(&FieldFailure::UnexpectedType {
                        expected: "string",
                        value,
                    }));
                }
            }
        }
    };
    Ok(match value {
        Value::String(text) => text,
        other => other.to_string(),
    })
}
