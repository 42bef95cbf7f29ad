//! States in JSONata side by side: what they assign comes out of the branches with their results, and the
//! Parallel assigns it, as variables of a branch end with it.

use std::collections::BTreeSet;

use atlas_asl::model::{Items, State, StateKind};
use serde_json::{Map, Value, json};

use super::{
    flow::{branch, closed, flow_mut, lead, redirect, replace},
    parallel::{Plan, Segment},
    variable_names::{reads, reads_input, rename},
};

/// What comes out of each branch.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Variables {
    /// The variables that each branch assigns, and for each whether a state before the branch's last does.
    assigned: Vec<Vec<(String, bool)>>,
    /// The branch whose document goes on; the input does where there is none.
    giving: Option<usize>,
}

/// A document on its way through states: the one that they began with, or what a state put in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Document {
    Input,
    Of(usize),
}

/// Says how, where the states have what they need in branches.
pub(super) fn plan(segment: &Segment<'_>) -> Option<(Variables, Vec<String>)> {
    let all: Vec<usize> = (0..segment.steps.len()).collect();
    let (before, at_end) = documents(segment, &all);
    let mut giving = None;
    let mut assigned = Vec::new();
    let mut known = BTreeSet::new();
    for (number, members) in segment.branches.iter().enumerate() {
        let (in_branch, at_branch_end) = documents(segment, members);
        for (place, at) in members.iter().enumerate() {
            let reads = reads_document(segment.models[*at], segment.values[*at]);
            if reads && in_branch[place] != before[*at] {
                return None;
            }
        }
        if at_end != Document::Input && at_branch_end == at_end {
            giving = Some(number);
        }
        let names = assigned_by(segment, members)?;
        if !names.iter().all(|(name, _)| known.insert(name.clone())) {
            return None;
        }
        if names.iter().any(|(name, _)| is_read_beside(segment, members, name)) {
            return None;
        }
        assigned.push(names);
    }
    if at_end != Document::Input && giving.is_none() {
        return None;
    }
    let mut to_confirm = Vec::new();
    if let Some(catch) = &segment.catch {
        // Where a later state fails, it was another document that was caught, or other variables.
        let read_here = known.iter().any(|name| reads(catch, name));
        if read_here || reads_input(catch) && before.iter().any(|it| *it != Document::Input) {
            return None;
        }
        if !known.is_empty() {
            to_confirm.push(
                "what catches a failure does not have the variables of those that had succeeded"
                    .to_owned(),
            );
        }
    }
    Some((Variables { assigned, giving }, to_confirm))
}

/// Whether a state of another branch reads a variable that one of these assigned before it.
fn is_read_beside(segment: &Segment<'_>, members: &[usize], name: &str) -> bool {
    let assigns = |at: &&usize| {
        let assign = segment.models[**at].assign.as_ref();
        assign.is_some_and(|it| it.get(name).is_some())
    };
    let Some(first) = members.iter().find(assigns) else { return false };
    (first + 1..segment.values.len())
        .any(|at| !members.contains(&at) && reads(segment.values[at], name))
}

/// The document that each of these states has, and the one behind them, if only they ran.
fn documents(segment: &Segment<'_>, members: &[usize]) -> (Vec<Document>, Document) {
    let mut document = Document::Input;
    let mut before = Vec::new();
    for at in members {
        before.push(document);
        let keeps =
            segment.values[*at].get("Output").and_then(Value::as_str).is_some_and(|output| {
                output.trim_start_matches("{%").trim_end_matches("%}").trim() == "$states.input"
            });
        if !keeps {
            document = Document::Of(*at);
        }
    }
    (before, document)
}

fn reads_document(state: &State, value: &Value) -> bool {
    let implicitly = match &state.kind {
        StateKind::Task(task) => task.arguments.is_none(),
        StateKind::Parallel(parallel) => parallel.arguments.is_none(),
        StateKind::Map(map) => match &map.items {
            None | Some(Items::Path(_)) => true,
            Some(Items::Value(_)) => map.item_selector.is_none(),
        },
        StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => true,
    };
    implicitly || reads_input(value)
}

/// What the states of a branch assign; `None` where that cannot be carried out of it.
fn assigned_by(segment: &Segment<'_>, members: &[usize]) -> Option<Vec<(String, bool)>> {
    let mut names: Vec<(String, bool)> = Vec::new();
    for (place, at) in members.iter().enumerate() {
        let fields = match &segment.models[*at].assign {
            None => continue,
            Some(Value::Object(fields)) => fields,
            Some(_) => return None,
        };
        let is_last = place + 1 == members.len();
        for name in fields.keys() {
            if names.iter().any(|(known, _)| known == name) {
                return None;
            }
            // In the branch it has another name; nobody may have read the one from before.
            let read_before = members[..=place].iter().any(|it| reads(segment.values[*it], name));
            if !is_last && read_before {
                return None;
            }
            names.push((name.clone(), !is_last));
        }
    }
    Some(names)
}

fn inner(name: &str) -> String {
    format!("{name}InBranch")
}

pub(super) fn apply(definition: &mut Value, plan: &Plan, variables: &Variables) {
    let Some(flow) = flow_mut(definition, &plan.flow) else { return };
    redirect(flow, &plan.states[0], &plan.name);
    replace(flow, &plan.states, &plan.name, |inside| put(plan, variables, inside));
}

fn put(plan: &Plan, variables: &Variables, inside: &mut Map<String, Value>) -> Value {
    let last = plan.states.last().and_then(|last| inside.get(last));
    let next = last.and_then(|last| last.get("Next")).cloned();
    let language = last.and_then(|last| last.get("QueryLanguage")).cloned();
    let mut branches = Vec::new();
    let mut assign = Map::new();
    for (number, members) in plan.branches.iter().enumerate() {
        let mut states: Vec<(String, Value)> = members
            .iter()
            .filter_map(|at| Some((plan.states[*at].clone(), inside.remove(&plan.states[*at])?)))
            .collect();
        let after: Vec<String> = states.iter().skip(1).map(|(name, _)| name.clone()).collect();
        for (at, (_, state)) in states.iter_mut().enumerate() {
            lead(state, after.get(at).map(String::as_str));
            if let Value::Object(fields) = state {
                fields.shift_remove("Catch");
            }
        }
        if let Some((_, last)) = states.last_mut() {
            give(last, &variables.assigned[number], variables.giving == Some(number));
        }
        for (name, is_before) in &variables.assigned[number] {
            if *is_before {
                for (_, state) in &mut states {
                    rename(state, name, &inner(name));
                    if let Some(Value::Object(fields)) = state.get_mut("Assign")
                        && let Some(value) = fields.shift_remove(name)
                    {
                        fields.insert(inner(name), value);
                    }
                }
            }
            let place = format!("{{% $states.result[{number}].variables.{name} %}}");
            assign.insert(name.clone(), Value::from(place));
        }
        branches.push(branch(states));
    }
    let mut fields = Map::new();
    fields.insert("Type".to_owned(), json!("Parallel"));
    fields.extend(language.map(|language| ("QueryLanguage".to_owned(), language)));
    fields.insert("Branches".to_owned(), Value::Array(branches));
    if !assign.is_empty() {
        fields.insert("Assign".to_owned(), Value::Object(assign));
    }
    let output = variables.giving.map_or_else(
        || "{% $states.input %}".to_owned(),
        |number| format!("{{% $states.result[{number}].output %}}"),
    );
    fields.insert("Output".to_owned(), Value::from(output));
    closed(fields, plan.catch.as_ref(), next)
}

/// Lets the last state of a branch give what the branch assigned, and the document where it is needed.
fn give(state: &mut Value, assigned: &[(String, bool)], is_giving: bool) {
    let Value::Object(fields) = state else { return };
    let own = match fields.shift_remove("Assign") {
        Some(Value::Object(own)) => own,
        _ => Map::new(),
    };
    let before = fields.get("Output").cloned().unwrap_or_else(|| json!("{% $states.result %}"));
    let mut given = Map::new();
    if is_giving {
        given.insert("output".to_owned(), before);
    }
    if !assigned.is_empty() {
        let variables: Map<String, Value> = assigned
            .iter()
            .map(|(name, _)| {
                let value = own.get(name).cloned();
                (name.clone(), value.unwrap_or_else(|| json!(format!("{{% ${name} %}}"))))
            })
            .collect();
        given.insert("variables".to_owned(), Value::Object(variables));
    }
    let said = std::mem::take(fields);
    let mut is_put = false;
    for (name, value) in said {
        match name.as_str() {
            "Output" => {
                is_put = true;
                fields.insert(name, Value::Object(given.clone()));
            }
            "Next" | "End" if !is_put => {
                is_put = true;
                fields.insert("Output".to_owned(), Value::Object(given.clone()));
                fields.insert(name, value);
            }
            _ => drop(fields.insert(name, value)),
        }
    }
}
