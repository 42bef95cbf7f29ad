//! What a state of a sequence reads, and what it leaves to the one after it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    provenance::{Provenance, Sources},
    reading::Scope,
};
use crate::model::{Count, Items, Map, PathOrNull, QueryLanguage, State, StateKind};

/// The data on its way through a sequence.
#[derive(Debug, Clone, Default)]
pub(super) struct Data {
    /// The input of the next state.
    pub(super) document: Provenance,
    pub(super) variables: BTreeMap<String, Provenance>,
}

/// Takes the data through a state of this number; gives what the state reads for its own work.
pub(super) fn take_through(
    data: &mut Data,
    number: usize,
    state: &State,
    language: QueryLanguage,
) -> Sources {
    let before = data.clone();
    match language {
        QueryLanguage::JsonPath => json_path(data, &before, number, state),
        QueryLanguage::Jsonata => jsonata(data, &before, number, state),
    }
}

fn json_path(data: &mut Data, before: &Data, number: usize, state: &State) -> Sources {
    fn scope_of<'a>(input: &'a Provenance, data: &'a Data) -> Scope<'a> {
        Scope { input, result: None, variables: &data.variables }
    }
    let from = |input: &Provenance, path: &Option<PathOrNull>| match path {
        None => input.clone(),
        Some(PathOrNull::Null) => Provenance::default(),
        Some(PathOrNull::Path(path)) => scope_of(input, before).path(path),
    };
    let taken = from(&before.document, &state.input_path);
    let given = |template: &Option<Value>| {
        template.as_ref().map_or_else(|| taken.clone(), |it| scope_of(&taken, before).template(it))
    };
    let is_work = !matches!(state.kind, StateKind::Pass(_));
    let (parameters, selector, result_path) = match &state.kind {
        StateKind::Task(it) => (given(&it.parameters), &it.result_selector, &it.result_path),
        StateKind::Parallel(it) => (given(&it.parameters), &it.result_selector, &it.result_path),
        StateKind::Map(it) => (taken.clone(), &it.result_selector, &it.result_path),
        StateKind::Pass(it) => (given(&it.parameters), &None, &it.result_path),
        StateKind::Choice(_) | StateKind::Wait(_) | StateKind::Succeed(_) | StateKind::Fail(_) => {
            (taken.clone(), &None, &None)
        }
    };
    let mut reads = parameters.all();
    reads.extend(controls(state, &scope_of(&taken, before)));
    let result = match &state.kind {
        StateKind::Pass(pass) if pass.result.is_some() => Provenance::default(),
        StateKind::Pass(_) => parameters,
        _ => Provenance::of(Sources::from([number])),
    };
    let selected = selector.as_ref().map_or_else(
        || result.clone(),
        |template| {
            // What it selects of the result is this state's; what variables give is theirs.
            scope_of(&result, before).template(template)
        },
    );
    let mut document = match result_path {
        None => selected,
        Some(PathOrNull::Null) => before.document.clone(),
        Some(PathOrNull::Path(path)) => placed(&before.document, path, selected),
    };
    document = from(&document, &state.output_path);
    if let Some(Value::Object(fields)) = &state.assign {
        for (name, value) in fields {
            let template = Value::Object([(name.clone(), value.clone())].into_iter().collect());
            let assigned = scope_of(&result, before).template(&template).all();
            let name = name.strip_suffix(".$").unwrap_or(name);
            data.variables.insert(name.to_owned(), Provenance::of(assigned));
        }
    }
    data.document = document;
    if is_work { reads } else { Sources::new() }
}

/// The document with a value where `ResultPath` says; all of it is both where that is not just names.
fn placed(document: &Provenance, path: &str, value: Provenance) -> Provenance {
    let mut document = document.clone();
    match crate::jsonpath::Path::parse(path) {
        Ok(parsed) if parsed.leading_names().len() == parsed.length() => {
            document.put(&parsed.leading_names(), value);
            document
        }
        _ => {
            let mut sources = document.all();
            sources.extend(value.all());
            Provenance::of(sources)
        }
    }
}

fn jsonata(data: &mut Data, before: &Data, number: usize, state: &State) -> Sources {
    let scope = Scope { input: &before.document, result: None, variables: &before.variables };
    let arguments = match &state.kind {
        StateKind::Task(task) => &task.arguments,
        StateKind::Parallel(parallel) => &parallel.arguments,
        _ => &None,
    };
    let is_pass = matches!(state.kind, StateKind::Pass(_));
    let mut reads = Sources::new();
    if !is_pass {
        let given = arguments.as_ref().map(|value| scope.jsonata(value));
        reads = given.unwrap_or_else(|| before.document.clone()).all();
        reads.extend(controls(state, &scope));
    }
    let result = match &state.kind {
        StateKind::Pass(_) => before.document.clone(),
        _ => Provenance::of(Sources::from([number])),
    };
    let after = Scope { result: Some(&result), ..scope };
    if let Some(Value::Object(fields)) = &state.assign {
        for (name, value) in fields {
            let assigned = after.jsonata(value);
            reads.extend(assigned.all());
            data.variables.insert(name.clone(), assigned);
        }
    }
    if let Some(output) = &state.output {
        // A document that is handed on is not needed for that; a variable is.
        let nothing = Provenance::default();
        reads.extend(Scope { input: &nothing, ..after }.jsonata(output).all());
    }
    reads.remove(&number);
    data.document = state.output.as_ref().map_or_else(|| result.clone(), |it| after.jsonata(it));
    if is_pass { Sources::new() } else { reads }
}

/// What a state reads beside its parameters: times, items, what stands inside.
fn controls(state: &State, scope: &Scope<'_>) -> Sources {
    let count = |count: &Option<Count>| match count {
        None | Some(Count::Literal(_)) => Sources::new(),
        Some(Count::Jsonata(text)) => scope.jsonata(&Value::from(text.as_str())).all(),
        Some(Count::Path(path)) => scope.path(path).all(),
    };
    match &state.kind {
        StateKind::Task(task) => {
            let mut reads = count(&task.timeout);
            reads.extend(count(&task.heartbeat));
            if let Some(credentials) = &task.credentials {
                reads.extend(scope.jsonata(&credentials.0).all());
                reads.extend(scope.template(&credentials.0).all());
            }
            reads
        }
        // States inside read variables of outside: any of them.
        StateKind::Parallel(_) => scope.variables.values().flat_map(Provenance::all).collect(),
        StateKind::Map(map) => items(map, scope),
        StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => Sources::new(),
    }
}

/// A Map reads its items, what it selects, and whatever variables the states inside read.
fn items(map: &Map, scope: &Scope<'_>) -> Sources {
    let mut reads: Sources = scope.variables.values().flat_map(Provenance::all).collect();
    match &map.items {
        Some(Items::Path(path)) => reads.extend(scope.path(path).all()),
        Some(Items::Value(value)) => reads.extend(scope.jsonata(value).all()),
        None => reads.extend(scope.input.all()),
    }
    reads.extend(scope.input.all());
    reads
}
