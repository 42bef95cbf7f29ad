//! Templates and expressions evaluated, with their failures in AWS's terms.

use atlas_asl::{
    jsonata::{JsonataTemplate, Session},
    payload_template::PayloadTemplate,
    scope::Scope,
};
use serde_json::Value;

use super::paths::effective_input;
use crate::{
    Payload, branch::BranchId, failure::StateFailure, history::Assigned, program::Template,
    scope::StateScope, states::Shaped, step::Cx,
};

/// A template of the state, with its input in scope.
pub(crate) fn template(
    cx: &Cx<'_>,
    id: BranchId,
    template: &Template,
    field: &str,
) -> Result<Value, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    evaluate(template, &scope, field)
}

pub(super) fn json_path_template(
    template: &PayloadTemplate,
    scope: &dyn Scope,
) -> Result<Value, StateFailure> {
    template
        .evaluate(scope)
        .map_err(|failure| StateFailure::template(failure.error_name(), failure.to_string()))
}

pub(super) fn jsonata_template(
    template: &JsonataTemplate,
    scope: &dyn Scope,
    field: &str,
) -> Result<Value, StateFailure> {
    in_session(template, &mut Session::new(scope), field)
}

fn in_session(
    template: &JsonataTemplate,
    session: &mut Session<'_>,
    field: &str,
) -> Result<Value, StateFailure> {
    template
        .evaluate(session, field)
        .map_err(|failure| StateFailure::evaluation(Some(failure.location), failure.cause))
}

pub(super) fn evaluate(
    template: &Template,
    scope: &dyn Scope,
    field: &str,
) -> Result<Value, StateFailure> {
    match template {
        Template::JsonPath(template) => json_path_template(template, scope),
        Template::Jsonata(template) => jsonata_template(template, scope, field),
    }
}

pub(super) fn assign<T>(
    template: Option<&T>,
    evaluate: impl FnOnce(&T) -> Result<Value, StateFailure>,
) -> Result<Option<Assigned>, StateFailure> {
    let Some(template) = template else { return Ok(None) };
    Ok(match evaluate(template)? {
        Value::Object(fields) if !fields.is_empty() => Some(
            fields
                .into_iter()
                .map(|(name, value)| (name.into_boxed_str(), Payload::from(value)))
                .collect(),
        ),
        _ => None,
    })
}

/// `Assign` and `Output` of a JSONata state; both see the variables as they were.
pub(super) fn jsonata_output(
    scope: &StateScope<'_>,
    output: Option<&JsonataTemplate>,
    assign_template: Option<&JsonataTemplate>,
    prefix: &str,
    default: &Payload,
) -> Result<Shaped, StateFailure> {
    let mut session = Session::new(scope);
    let assigned = assign(assign_template, |template| {
        in_session(template, &mut session, &format!("{prefix}Assign"))
    })?;
    let output = match output {
        None => default.clone(),
        Some(template) => {
            Payload::from(in_session(template, &mut session, &format!("{prefix}Output"))?)
        }
    };
    Ok(Shaped { output, assigned })
}
