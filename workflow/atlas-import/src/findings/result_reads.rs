//! Whether anybody reads a field of the document, on any way from a state to an end.

use std::collections::BTreeSet;

use atlas_asl::model::{Flow, PathOrNull, QueryLanguage, State, StateKind};
use serde_json::Value;

/// What becomes of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Somebody may read it.
    Read,
    /// Nobody does; what the flow gives at its end has it.
    Given,
    /// Nobody does, and it is gone before the end on every way.
    Dropped,
}

/// What becomes of the field of these names behind a state, in a flow of JSONPath.
pub(super) fn fate(
    flow: &Flow,
    definition: &Value,
    pointer: &str,
    from: &State,
    names: &[&str],
) -> Fate {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = successors(from);
    let mut fate = if ends(from) { Fate::Given } else { Fate::Dropped };
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        let Some(state) = flow.get(name) else { return Fate::Read };
        let place = format!("{pointer}/States/{}", atlas_asl::model::escape_pointer(name));
        let Some(value) = definition.pointer(&place) else { return Fate::Read };
        if state.language(None) == QueryLanguage::Jsonata
            || value.get("QueryLanguage").is_some()
            || reads(state, value, names)
        {
            return Fate::Read;
        }
        if ends(state) && fate == Fate::Dropped && !drops(state) {
            fate = Fate::Given;
        }
        // Where it fails, what catches it may still have the field.
        for catcher in state.catch() {
            if catcher.result_path.is_some() {
                open.extend(catcher.next.as_ref().map(|it| it.as_str()));
            }
        }
        if !drops(state) {
            let caught: Vec<&str> =
                state.catch().iter().filter_map(|it| Some(it.next.as_ref()?.as_str())).collect();
            open.extend(successors(state).into_iter().filter(|it| !caught.contains(it)));
        }
    }
    fate
}

fn successors(state: &State) -> Vec<&str> {
    let without_catch =
        state.targets().into_iter().filter(|(place, _)| !place.starts_with("Catch/"));
    without_catch.map(|(_, to)| to.as_str()).collect()
}

fn ends(state: &State) -> bool {
    state.transition() == Some(&atlas_asl::model::Transition::End)
        || matches!(state.kind, StateKind::Succeed(_))
}

/// Whether a state puts something else in the place of the document.
fn drops(state: &State) -> bool {
    let is_all = |path: &Option<PathOrNull>| match path {
        None => true,
        Some(PathOrNull::Path(path)) => path == "$",
        Some(PathOrNull::Null) => false,
    };
    match &state.kind {
        StateKind::Task(it) => is_all(&it.result_path),
        StateKind::Map(it) => is_all(&it.result_path),
        StateKind::Parallel(it) => is_all(&it.result_path),
        StateKind::Pass(it) => {
            is_all(&it.result_path) && (it.result.is_some() || it.parameters.is_some())
        }
        StateKind::Choice(_) | StateKind::Wait(_) | StateKind::Succeed(_) => false,
        StateKind::Fail(_) => true,
    }
}

/// Whether a state may read the field: by a path to it, around it or in it, or by taking all of its input.
fn reads(state: &State, value: &Value, names: &[&str]) -> bool {
    let takes_all = match &state.kind {
        StateKind::Task(it) => it.parameters.is_none(),
        StateKind::Parallel(it) => it.parameters.is_none(),
        // Its items may be all of the input, and its states may be given them.
        StateKind::Map(_) => true,
        StateKind::Pass(it) => {
            it.parameters.is_none() && it.result.is_none() && it.result_path.is_some()
        }
        StateKind::Choice(_) | StateKind::Wait(_) | StateKind::Succeed(_) | StateKind::Fail(_) => {
            false
        }
    };
    let narrows = state.input_path.is_some() || state.output_path.is_some();
    takes_all || narrows || texts(value).iter().any(|text| leads_to(text, names))
}

/// The texts of a value that may be paths, those of nested flows included.
fn texts(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if text.contains('$') => found.push(text.as_str()),
            Value::Array(elements) => open.extend(elements),
            Value::Object(fields) => open.extend(
                fields
                    .iter()
                    .filter(|(name, _)| !matches!(name.as_str(), "ResultPath" | "ResultSelector"))
                    .map(|(_, value)| value),
            ),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// Whether some path in a text leads to the field, to what it stands in, or into it.
fn leads_to(text: &str, names: &[&str]) -> bool {
    text.replace("$$.", "").split('$').skip(1).any(|path| {
        let end = path.find([',', ')', ' ', '(']).unwrap_or(path.len());
        let path = &path[..end];
        if path.contains("..") || path.contains('?') || path.contains('*') || path.contains('\'') {
            return true;
        }
        let read: Vec<&str> = path.split(['.', '[']).filter(|it| !it.is_empty()).collect();
        // A variable has a name right behind its `$`.
        path.is_empty()
            || path.starts_with(['.', '['])
                && read.iter().zip(names).all(|(read, name)| read == name)
    })
}
