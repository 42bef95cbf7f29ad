//! What goes into a state and what comes out of it, where nothing failed.

use super::{
    paths::{combine, effective_input, select},
    templates::{assign, json_path_template, jsonata_output, jsonata_template},
};
use crate::{
    Payload, TaskToken,
    branch::BranchId,
    failure::StateFailure,
    program::{Io, Kind},
    scope::StateScope,
    states::Shaped,
    step::Cx,
};

/// What a state works on: the effective input in JSONPath, the arguments in JSONata.
pub(crate) fn arguments(
    cx: &Cx<'_>,
    id: BranchId,
    token: Option<&TaskToken>,
) -> Result<Payload, StateFailure> {
    match &cx.state(id).io {
        Io::JsonPath(io) => {
            let effective = effective_input(cx, id)?;
            match &io.parameters {
                None => Ok(effective),
                Some(template) => {
                    let scope = StateScope::new(cx, id, effective.value()).with_token(token);
                    json_path_template(template, &scope).map(Payload::from)
                }
            }
        }
        Io::Jsonata(io) => {
            let input = &cx.branch(id).input;
            match &io.arguments {
                None => Ok(input.clone()),
                Some(template) if template.whole_input() => Ok(input.clone()),
                Some(template) => {
                    let scope = StateScope::new(cx, id, input.value()).with_token(token);
                    jsonata_template(template, &scope, "Arguments").map(Payload::from)
                }
            }
        }
    }
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
    let state = cx.state(id);
    let input = &cx.branch(id).input;
    match &state.io {
        Io::JsonPath(io) => {
            let selected = match &io.result_selector {
                None => result,
                Some(template) => {
                    let scope = StateScope::new(cx, id, result.value());
                    Payload::from(json_path_template(template, &scope)?)
                }
            };
            let scope = StateScope::new(cx, id, selected.value());
            let assigned =
                assign(io.assign.as_ref(), |template| json_path_template(template, &scope))?;
            let combined = combine(&io.result_path, input, &selected)?;
            Ok(Shaped { output: select(cx, id, &io.output_path, combined)?, assigned })
        }
        Io::Jsonata(io) => {
            let scope = StateScope::new(cx, id, input.value());
            let scope = match state.kind {
                Kind::Task(_) | Kind::Parallel { .. } | Kind::Map(_) => {
                    scope.with_result(result.value())
                }
                Kind::Pass { .. }
                | Kind::Choice { .. }
                | Kind::Wait(_)
                | Kind::Succeed
                | Kind::Fail { .. } => scope,
            };
            jsonata_output(&scope, io.output.as_ref(), io.assign.as_ref(), "", &result)
        }
    }
}
