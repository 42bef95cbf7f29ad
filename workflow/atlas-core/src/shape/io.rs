//! What goes into a state and what comes out of it, where nothing failed.

use super::{
    paths::{combine, effective_input, select},
    templates::{assign, json_path_template, jsonata_output, jsonata_template},
};
use crate::{
    Payload, TaskToken,
    branch::BranchId,
    failure::StateFailure,
    history::Assigned,
    program::{Io, JsonPathIo, JsonataIo, Kind},
    scope::StateScope,
    states::{MAX_PAYLOAD_BYTES, Shaped},
    step::Cx,
};

/// What a state works on: the effective input in JSONPath, the arguments in JSONata.
pub(crate) fn arguments(
    cx: &Cx<'_>,
    id: BranchId,
    token: Option<&TaskToken>,
) -> Result<Payload, StateFailure> {
    let made = match &cx.state(id).io {
        Io::JsonPath(io) => {
            let effective = effective_input(cx, id)?;
            match &io.parameters {
                None => return Ok(effective),
                Some(template) => {
                    let scope = StateScope::new(cx, id, effective.value()).with_token(token);
                    json_path_template(template, &scope).map(Payload::from)?
                }
            }
        }
        Io::Jsonata(io) => {
            let input = &cx.branch(id).input;
            match &io.arguments {
                None => return Ok(input.clone()),
                Some(template) if template.whole_input() => return Ok(input.clone()),
                Some(template) => {
                    let scope = StateScope::new(cx, id, input.value()).with_token(token);
                    jsonata_template(template, &scope, "Arguments").map(Payload::from)?
                }
            }
        }
    };
    // AWS: also what `Parameters` have made of the input has a limit (States.DataLimitExceeded).
    if made.is_longer_than(MAX_PAYLOAD_BYTES) {
        return Err(StateFailure::too_large(cx.state(id).name.as_str()));
    }
    Ok(made)
}

/// What a state hands on that adds nothing: Wait, Succeed, the default of a Choice.
pub(crate) fn passed_through(cx: &Cx<'_>, id: BranchId) -> Result<Shaped, StateFailure> {
    match &cx.state(id).io {
        Io::JsonPath(io) => {
            let effective = effective_input(cx, id)?;
            let scope = StateScope::new(cx, id, effective.value());
            let assigned =
                assign(io.assign.as_ref(), |template| json_path_template(template, &scope))?;
            Ok(Shaped { output: select(cx, id, &io.output_path, effective.clone())?, assigned })
        }
        Io::Jsonata(io) => {
            let input = &cx.branch(id).input;
            let scope = StateScope::new(cx, id, input.value());
            jsonata_output(&scope, io.output.as_ref(), io.assign.as_ref(), "", input)
        }
    }
}

/// What a state hands on that has a result: Task, Pass, Parallel, Map.
pub(crate) fn result(cx: &Cx<'_>, id: BranchId, result: Payload) -> Result<Shaped, StateFailure> {
    match &cx.state(id).io {
        Io::JsonPath(io) => {
            let selected = selected(cx, id, io, result)?;
            let assigned = assigned(cx, id, io, &selected)?;
            let combined = combine(&io.result_path, &cx.branch(id).input, &selected)?;
            Ok(Shaped { output: select(cx, id, &io.output_path, combined)?, assigned })
        }
        Io::Jsonata(io) => jsonata_result(cx, id, io, &result),
    }
}

/// After `ResultSelector`.
pub(crate) fn selected(
    cx: &Cx<'_>,
    id: BranchId,
    io: &JsonPathIo,
    result: Payload,
) -> Result<Payload, StateFailure> {
    match &io.result_selector {
        None => Ok(result),
        Some(template) => {
            let scope = StateScope::new(cx, id, result.value());
            json_path_template(template, &scope).map(Payload::from)
        }
    }
}

/// What `Assign` makes of the selected result.
pub(crate) fn assigned(
    cx: &Cx<'_>,
    id: BranchId,
    io: &JsonPathIo,
    selected: &Payload,
) -> Result<Option<Assigned>, StateFailure> {
    let scope = StateScope::new(cx, id, selected.value());
    assign(io.assign.as_ref(), |template| json_path_template(template, &scope))
}

/// `Assign` and `Output` of a state that has a result.
pub(crate) fn jsonata_result(
    cx: &Cx<'_>,
    id: BranchId,
    io: &JsonataIo,
    result: &Payload,
) -> Result<Shaped, StateFailure> {
    let scope = StateScope::new(cx, id, cx.branch(id).input.value());
    let scope = match cx.state(id).kind {
        Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_) => scope.with_result(result.value()),
        Kind::Pass { .. }
        | Kind::Choice { .. }
        | Kind::Wait(_)
        | Kind::Succeed
        | Kind::Fail { .. } => scope,
    };
    jsonata_output(&scope, io.output.as_ref(), io.assign.as_ref(), "", result)
}
