//! States in JSONPath side by side: one branch carries the document, the others bring what they add to it.
//!
//! Branches give `[document, {"b": …}]`, and `States.JsonMerge` of those is the document that the sequence would
//! have left, whatever stood at `b` before. Nothing is carried twice, so no limit of size comes nearer.

use std::collections::BTreeSet;

use atlas_asl::{
    jsonpath::Path,
    model::{PathOrNull, State, StateKind},
};
use serde_json::{Map, Value, json};

use super::{
    flow::{branch, closed, end, flow_mut, lead, redirect, replace},
    parallel::{Plan, Segment},
};

/// What each branch adds, and which of them carries the document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Paths {
    base: usize,
    /// The top-level fields that each branch sets.
    added: Vec<BTreeSet<String>>,
    /// The last state's result is all that goes on.
    is_replaced: bool,
}

impl Paths {
    pub(super) fn base(&self) -> usize {
        self.base
    }

    /// How many branches need a state of their own to bring what they gave.
    pub(super) fn endings(&self, segment: &Segment<'_>) -> usize {
        let needs_one = |(number, members): &(usize, &Vec<usize>)| {
            let brought: Vec<&String> = self.brought(*number);
            let is_brought = match &members[..] {
                [only] => selector(segment.values[*only], &brought).is_some(),
                _ => false,
            };
            *number != self.base && !is_brought
        };
        segment.branches.iter().enumerate().filter(needs_one).count()
    }

    fn brought(&self, branch: usize) -> Vec<&String> {
        if self.is_replaced { Vec::new() } else { self.added[branch].iter().collect() }
    }
}

/// The `ResultSelector` by which a state alone gives what its branch brings, where there is one.
fn selector(state: &Value, brought: &[&String]) -> Option<Value> {
    let path = state.get("ResultPath").and_then(Value::as_str);
    match brought {
        [] => Some(json!({})),
        // Its result is the field itself, not something in it.
        [name] if path == Some(format!("$.{name}").as_str()) => {
            Some(match state.get("ResultSelector") {
                Some(selector) => json!({ name.as_str(): selector }),
                None => json!({ format!("{name}.$"): "$" }),
            })
        }
        [..] => None,
    }
}

/// What a state does to the document.
enum Effect {
    /// Nothing.
    Nothing,
    /// It sets this top-level field, or something in it.
    Sets(String),
    /// It puts its result in the place of all.
    Replaces,
}

/// Says how, and what is not the same where something fails.
pub(super) fn plan(segment: &Segment<'_>) -> Option<(Paths, Vec<String>)> {
    let last = segment.steps.len() - 1;
    let mut added = vec![BTreeSet::new(); segment.branches.len()];
    let mut is_replaced = false;
    let mut writes_before_last = false;
    for (at, state) in segment.models.iter().enumerate() {
        if state.assign.is_some() {
            return None;
        }
        let branch = segment.branches.iter().position(|it| it.contains(&at))?;
        match effect(state)? {
            Effect::Nothing => {}
            Effect::Sets(name) => {
                writes_before_last |= at < last;
                added[branch].insert(name);
            }
            Effect::Replaces if at == last => is_replaced = true,
            Effect::Replaces => return None,
        }
    }
    let names: usize = added.iter().map(BTreeSet::len).sum();
    if added.iter().flatten().collect::<BTreeSet<_>>().len() < names {
        return None;
    }
    if !segment.recovery.is_empty() && (is_replaced || !makes_up_apart(segment, &added)) {
        return None;
    }
    let longest = segment.branches.iter().map(Vec::len).max()?;
    let base = if is_replaced || !segment.recovery.is_empty() {
        segment.branches.iter().position(|it| it.contains(&last))?
    } else {
        segment.branches.iter().position(|it| it.len() == longest)?
    };
    let mut to_confirm = Vec::new();
    let keeps_input = |catcher: &Value| {
        !matches!(catcher["ResultPath"].as_str(), None | Some("$"))
            || catcher.get("ResultPath") == Some(&Value::Null)
    };
    if let Some(Value::Array(catchers)) = &segment.catch
        && writes_before_last
        && catchers.iter().any(keeps_input)
    {
        to_confirm.push(
            "what catches a failure gets the document as it was before all of them, without the \
             results of those that had succeeded"
                .to_owned(),
        );
    }
    Some((Paths { base, added, is_replaced }, to_confirm))
}

/// Whether what makes up for the last state neither reads nor sets what the other branches add.
fn makes_up_apart(segment: &Segment<'_>, added: &[BTreeSet<String>]) -> bool {
    let last = segment.steps.len() - 1;
    let others: BTreeSet<&str> = segment
        .branches
        .iter()
        .zip(added)
        .filter(|(members, _)| !members.contains(&last))
        .flat_map(|(_, names)| names)
        .map(String::as_str)
        .collect();
    let sets_apart = |value: &Value| match value.get("ResultPath") {
        Some(Value::Null) => true,
        Some(Value::String(path)) => {
            top_level(path).is_some_and(|name| !others.contains(name.as_str()))
        }
        Some(_) | None => false,
    };
    let catchers = segment.values[last].get("Catch").and_then(Value::as_array);
    catchers.into_iter().flatten().all(sets_apart)
        && segment.recovering.iter().all(|state| {
            let is_given = state.get("Result").is_some() || state.get("Parameters").is_some();
            sets_apart(state)
                && (is_given || state["ResultPath"] == Value::Null)
                && ["OutputPath", "InputPath", "Assign"].iter().all(|it| state.get(*it).is_none())
                && reads_apart(state.get("Parameters"), &others)
        })
}

/// Whether a template reads none of these fields, and never all of its input.
fn reads_apart(template: Option<&Value>, others: &BTreeSet<&str>) -> bool {
    match template {
        Some(Value::Object(fields)) => fields.iter().all(|(name, value)| match value {
            Value::String(text) if name.ends_with(".$") => {
                text.replace("$$.", "").match_indices('$').all(|(at, _)| {
                    let path = text.replace("$$.", "");
                    let name = path[at + 1..].strip_prefix('.').unwrap_or_default();
                    let end = name.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
                    let name = &name[..end.unwrap_or(name.len())];
                    !name.is_empty() && !others.contains(name)
                })
            }
            value => reads_apart(Some(value), others),
        }),
        Some(Value::Array(elements)) => elements.iter().all(|it| reads_apart(Some(it), others)),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => true,
    }
}

fn effect(state: &State) -> Option<Effect> {
    let result_path = match &state.kind {
        StateKind::Task(it) => &it.result_path,
        StateKind::Parallel(it) => &it.result_path,
        StateKind::Map(it) => &it.result_path,
        StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => return None,
    };
    let keeps_all = match &state.output_path {
        None => true,
        Some(PathOrNull::Path(path)) => path == "$",
        Some(PathOrNull::Null) => false,
    };
    match result_path {
        None => Some(Effect::Replaces),
        Some(PathOrNull::Path(path)) if path == "$" => Some(Effect::Replaces),
        Some(_) if !keeps_all => None,
        Some(PathOrNull::Null) => Some(Effect::Nothing),
        Some(PathOrNull::Path(path)) => top_level(path).map(Effect::Sets),
    }
}

/// `lead` of `$.lead.id`. Names that would have to be quoted are left alone.
fn top_level(path: &str) -> Option<String> {
    if !Path::parse(path).is_ok_and(|path| path.is_reference()) {
        return None;
    }
    let rest = path.strip_prefix("$.")?;
    let name = rest.split(['.', '[']).next()?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
}

pub(super) fn apply(definition: &mut Value, plan: &Plan, paths: &Paths) {
    let Some(flow) = flow_mut(definition, &plan.flow) else { return };
    let taken: Vec<String> = plan.states.iter().chain(&plan.recovery).cloned().collect();
    redirect(flow, &plan.states[0], &plan.name);
    replace(flow, &taken, &plan.name, |inside| put(plan, paths, inside));
}

fn put(plan: &Plan, paths: &Paths, inside: &mut Map<String, Value>) -> Value {
    let next = plan.states.last().and_then(|last| inside.get(last)?.get("Next").cloned());
    let branches: Vec<Value> = plan
        .branches
        .iter()
        .enumerate()
        .map(|(number, members)| {
            let mut states: Vec<(String, Value)> = members
                .iter()
                .filter_map(|at| {
                    Some((plan.states[*at].clone(), inside.remove(&plan.states[*at])?))
                })
                .collect();
            let after: Vec<String> = states.iter().skip(1).map(|(name, _)| name.clone()).collect();
            let carries = number == paths.base;
            let has_recovery = carries && !plan.recovery.is_empty();
            for (at, (name, state)) in states.iter_mut().enumerate() {
                lead(state, after.get(at).map(String::as_str));
                let makes_up = has_recovery && Some(&*name) == plan.states.last();
                if let (Value::Object(fields), false) = (&mut *state, makes_up) {
                    fields.shift_remove("Catch");
                }
            }
            if has_recovery {
                for name in &plan.recovery {
                    let Some(mut state) = inside.remove(name) else { continue };
                    let leads_on = state.get("Next").and_then(Value::as_str);
                    if !leads_on.is_some_and(|next| plan.recovery.iter().any(|it| it == next)) {
                        end(&mut state);
                    }
                    states.push((name.clone(), state));
                }
            } else if !carries {
                bring(&mut states, &paths.brought(number), &plan.endings[number]);
            }
            branch(states)
        })
        .collect();
    let mut fields = Map::new();
    fields.insert("Type".to_owned(), json!("Parallel"));
    fields.insert("Branches".to_owned(), Value::Array(branches));
    let base = paths.base;
    let joined = if paths.is_replaced {
        format!("$[{base}]")
    } else {
        let bringing =
            (0..paths.added.len()).filter(|it| *it != base && !paths.added[*it].is_empty());
        bringing.fold(format!("$[{base}]"), |joined, number| {
            format!("States.JsonMerge({joined}, $[{number}], false)")
        })
    };
    fields.insert("ResultSelector".to_owned(), json!({ "joined.$": joined }));
    fields.insert("OutputPath".to_owned(), json!("$.joined"));
    closed(fields, plan.catch.as_ref(), next)
}

/// Lets a branch give what it adds, and nothing else.
fn bring(states: &mut Vec<(String, Value)>, brought: &[&String], ending: &str) {
    if let [(_, only)] = &mut states[..]
        && let Some(selector) = selector(only, brought)
        && let Value::Object(fields) = only
    {
        let said = std::mem::take(fields);
        let mut is_put = false;
        for (field, value) in said {
            match field.as_str() {
                "ResultPath" | "ResultSelector" if is_put => {}
                "ResultPath" | "ResultSelector" => {
                    fields.insert("ResultSelector".to_owned(), selector.clone());
                    is_put = true;
                }
                "OutputPath" => {}
                _ => drop(fields.insert(field, value)),
            }
        }
        if !is_put {
            fields.insert("ResultSelector".to_owned(), selector);
        }
        return;
    }
    let Some((_, state)) = states.last_mut() else { return };
    lead(state, Some(ending));
    let fields: Map<String, Value> =
        brought.iter().map(|it| (format!("{it}.$"), json!(format!("$.{it}")))).collect();
    let mut pass = Map::new();
    pass.insert("Type".to_owned(), json!("Pass"));
    if fields.is_empty() {
        pass.insert("Result".to_owned(), json!({}));
    } else {
        pass.insert("Parameters".to_owned(), Value::Object(fields));
    }
    pass.insert("End".to_owned(), Value::Bool(true));
    states.push((ending.to_owned(), Value::Object(pass)));
}
