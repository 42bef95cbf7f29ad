//! What JSONPath's own fields select: `InputPath`, `OutputPath`, `ResultPath`.

use atlas_asl::jsonpath::{Path, PathFailure};
use serde_json::Value;

use crate::{
    Payload,
    branch::BranchId,
    failure::StateFailure,
    program::{Io, ResultPath, Selector},
    scope::StateScope,
    step::Cx,
};

pub(crate) fn effective_input(cx: &Cx<'_>, id: BranchId) -> Result<Payload, StateFailure> {
    let input = cx.branch(id).input.clone();
    match &cx.state(id).io {
        Io::JsonPath(io) => select(cx, id, &io.input_path, input),
        Io::Jsonata(_) => Ok(input),
    }
}

pub(crate) fn select(
    cx: &Cx<'_>,
    id: BranchId,
    selector: &Selector,
    from: Payload,
) -> Result<Payload, StateFailure> {
    match selector {
        Selector::Whole => Ok(from),
        Selector::Nothing => Ok(Payload::empty()),
        Selector::Path(path) => {
            let scope = StateScope::new(cx, id, from.value());
            let found = path.find(&scope).map_err(path_failure)?;
            Ok(Payload::from(found.into_owned()))
        }
    }
}

pub(crate) fn combine(
    path: &ResultPath,
    input: &Payload,
    result: &Payload,
) -> Result<Payload, StateFailure> {
    match path {
        ResultPath::Replace => Ok(result.clone()),
        ResultPath::Discard => Ok(input.clone()),
        ResultPath::Place(path) => {
            path.place(input.value().clone(), result.value().clone()).map(Payload::from).map_err(
                |failure| StateFailure::state("States.ResultPathMatchFailure", failure.to_string()),
            )
        }
    }
}

pub(super) fn at_path(cx: &Cx<'_>, id: BranchId, path: &Path) -> Result<Value, StateFailure> {
    let effective = effective_input(cx, id)?;
    let scope = StateScope::new(cx, id, effective.value());
    path.find(&scope).map(std::borrow::Cow::into_owned).map_err(path_failure)
}

pub(super) fn path_failure(failure: PathFailure) -> StateFailure {
    StateFailure::runtime(failure.to_string())
}
