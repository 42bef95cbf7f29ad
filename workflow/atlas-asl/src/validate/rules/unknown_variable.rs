//! A variable that no state on any way here assigns.
//!
//! What may have been assigned before a state is the union over all ways to it, so what is missing
//! there is missing on every run. A nested flow starts with what the state around it saw; the
//! executions of a DISTRIBUTED map see no variable from outside. AWS takes such a definition, and the
//! execution fails when it gets there.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::jsonata::FUNCTIONS;
use crate::model::{QueryLanguage, State, StateKind, Transition};
use crate::validate::context::{Context, FlowContext};
use crate::validate::texts::short;

pub(super) fn check(cx: &Context<'_>, out: &mut Vec<Diagnostic>) {
    let read: HashSet<&str> = cx
        .steps
        .iter()
        .flat_map(|step| &step.variables)
        .map(|(_, name)| name.as_str())
        .collect();
    if read.is_empty() {
        return;
    }
    let names = Names::of(cx, &read);
    let mut before: Vec<Set> = vec![names.none(); cx.steps.len()];
    for flow in &cx.flows {
        let entry = match flow.parent {
            Some(parent) if !flow.is_distributed => before[parent].clone(),
            _ => names.none(),
        };
        spread(cx, flow, &names, entry, &mut before);
    }
    for (at, step) in cx.steps.iter().enumerate() {
        for (pointer, name) in &step.variables {
            if names.contains(&before[at], name) {
                continue;
            }
            let found = Diagnostic::warning(
                Code::UnknownVariable,
                pointer.clone(),
                format!("no state before this one assigns `${}`", short(name)),
            );
            // A function is called by a name of the same form.
            let functions = match step.language {
                QueryLanguage::Jsonata => FUNCTIONS,
                QueryLanguage::JsonPath => &[],
            };
            let visible = names.list.iter().copied().filter(|known| names.contains(&before[at], known));
            out.push(match cx.suggest(name, visible.chain(functions.iter().copied())) {
                Some(near) => found.hint(format!("did you mean `${near}`?")),
                None if names.index.contains_key(name.as_str()) => found.hint(
                    "it is assigned elsewhere; `Assign` holds for the states that come after it, \
                     within its own flow",
                ),
                None => found.hint("assign it in the `Assign` of a state before this one"),
            });
        }
    }
}

/// Which variables, a bit for each.
type Set = Vec<u64>;

/// The variables that something assigns and something reads.
struct Names<'a> {
    list: Vec<&'a str>,
    index: HashMap<&'a str, usize>,
}

impl<'a> Names<'a> {
    fn of(cx: &Context<'a>, read: &HashSet<&str>) -> Self {
        let mut names = Self { list: Vec::new(), index: HashMap::new() };
        for step in &cx.steps {
            for value in assigns(step.state) {
                for name in assigned(value, step.language) {
                    if read.contains(name) && !names.index.contains_key(name) {
                        names.index.insert(name, names.list.len());
                        names.list.push(name);
                    }
                }
            }
        }
        names
    }

    fn none(&self) -> Set {
        vec![0; self.list.len().div_ceil(64)]
    }

    fn contains(&self, set: &Set, name: &str) -> bool {
        self.index.get(name).is_some_and(|at| set[at / 64] & (1 << (at % 64)) != 0)
    }

    fn with(&self, set: &Set, value: Option<&Value>, language: QueryLanguage) -> Set {
        let mut set = set.clone();
        for name in value.into_iter().flat_map(|value| assigned(value, language)) {
            if let Some(at) = self.index.get(name) {
                set[at / 64] |= 1 << (at % 64);
            }
        }
        set
    }
}

/// Every `Assign` of a state.
fn assigns(state: &State) -> Vec<&Value> {
    let choices = match &state.kind {
        StateKind::Choice(choice) => choice.choices.as_slice(),
        _ => &[],
    };
    let catchers = state.catch().iter().filter_map(|catcher| catcher.assign.as_ref());
    let rules = choices.iter().filter_map(|rule| rule.assign.as_ref());
    state.assign.iter().chain(rules).chain(catchers).collect()
}

fn assigned(value: &Value, language: QueryLanguage) -> impl Iterator<Item = &str> {
    let fields = value.as_object();
    fields.into_iter().flat_map(|fields| fields.keys()).map(move |key| match language {
        QueryLanguage::JsonPath => key.strip_suffix(".$").unwrap_or(key),
        QueryLanguage::Jsonata => key.as_str(),
    })
}

/// Carries what is assigned along every transition until nothing new comes.
///
/// States are taken in reverse postorder, so that a flow without loops is done in one round.
fn spread<'a>(
    cx: &Context<'a>,
    flow: &FlowContext<'a>,
    names: &Names<'a>,
    entry: Set,
    before: &mut [Set],
) {
    let steps = cx.steps_of(flow);
    for set in &mut before[flow.first..flow.first + steps.len()] {
        set.clone_from(&entry);
    }
    let edges: Vec<Vec<(usize, Option<&Value>)>> = steps
        .iter()
        .map(|step| {
            let edges = edges(step.state).into_iter();
            edges.filter_map(|(target, assign)| Some((flow.position(target)?, assign))).collect()
        })
        .collect();
    let start = flow.flow.start_at.as_ref().and_then(|name| flow.position(name.as_str()));
    let order = reverse_postorder(start.unwrap_or(0), &edges);
    let mut is_new = true;
    while std::mem::take(&mut is_new) {
        for at in order.iter().copied() {
            for (to, assign) in &edges[at] {
                let after = names.with(&before[flow.first + at], *assign, steps[at].language);
                for (old, new) in before[flow.first + to].iter_mut().zip(&after) {
                    is_new |= new & !*old != 0;
                    *old |= new;
                }
            }
        }
    }
}

/// The states in an order in which one comes before those that it leads to, loops aside.
fn reverse_postorder(start: usize, edges: &[Vec<(usize, Option<&Value>)>]) -> Vec<usize> {
    let mut order = Vec::with_capacity(edges.len());
    let mut seen = vec![false; edges.len()];
    for root in (0..edges.len()).rev().chain([start]).rev() {
        if root >= edges.len() || std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut open = vec![(root, 0)];
        while let Some((at, next)) = open.last_mut() {
            match edges[*at].get(*next) {
                Some((to, _)) => {
                    *next += 1;
                    if !std::mem::replace(&mut seen[*to], true) {
                        open.push((*to, 0));
                    }
                }
                None => {
                    order.push(*at);
                    open.pop();
                }
            }
        }
    }
    order.reverse();
    order
}

/// Where a state leads, and what is assigned on the way.
fn edges(state: &State) -> Vec<(&str, Option<&Value>)> {
    let mut edges = Vec::new();
    if let Some(Transition::Next(next)) = state.transition() {
        edges.push((next.as_str(), state.assign.as_ref()));
    }
    if let StateKind::Choice(choice) = &state.kind {
        for rule in &choice.choices {
            edges.extend(rule.next.as_ref().map(|next| (next.as_str(), rule.assign.as_ref())));
        }
        edges.extend(choice.default.as_ref().map(|next| (next.as_str(), state.assign.as_ref())));
    }
    for catcher in state.catch() {
        edges.extend(catcher.next.as_ref().map(|next| (next.as_str(), catcher.assign.as_ref())));
    }
    edges
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::Code;
    use crate::validate::tests::{check_jsonata, check_states};

    #[test]
    fn a_variable_is_assigned_before_it_is_read() {
        check_jsonata(
            r#""A": {"Type": "Pass", "Assign": {"lead": 1, "other": "{% $lead %}"}, "Next": "B"},
               "B": {"Type": "Parallel", "Next": "C", "Branches": [{"StartAt": "D", "States": {
                   "D": {"Type": "Pass", "Assign": {"inner": 1}, "Output": "{% $lead & $inner %}",
                         "End": true}}}]},
               "C": {"Type": "Pass", "Output": "{% $laed + $inner + $sum([$lead]) %}", "End": true}"#,
            Code::UnknownVariable,
            &[
                ("/States/A/Assign/other", "`$lead`; it is assigned elsewhere"),
                ("/States/B/Branches/0/States/D/Output", "`$inner`; it is assigned elsewhere"),
                ("/States/C/Output", "`$laed`; did you mean `$lead`?"),
                ("/States/C/Output", "`$inner`"),
            ],
        );
        check_states(
            r#""A": {"Type": "Pass", "InputPath": "$lead", "Parameters": {"a.$": "$lead.id"},
                     "End": true}"#,
            Code::UnknownVariable,
            &[("/States/A/InputPath", "`$lead`"), ("/States/A/Parameters/a.$", "`$lead`")],
        );
    }

    #[test]
    fn a_misspelt_function_is_known_for_one() {
        check_jsonata(
            r#""A": {"Type": "Pass", "Output": "{% $upercase($states.input.name) %}", "End": true}"#,
            Code::UnknownVariable,
            &[("/States/A/Output", "did you mean `$uppercase`?")],
        );
        check_states(
            r#""A": {"Type": "Pass", "InputPath": "$upercase", "End": true}"#,
            Code::UnknownVariable,
            &[("/States/A/InputPath", "assign it in the `Assign` of a state before this one")],
        );
    }

    #[test]
    fn what_a_loop_assigns_is_known_in_its_next_turn() {
        check_jsonata(
            r#""A": {"Type": "Choice", "Default": "B", "Choices": [{"Next": "End",
                     "Condition": "{% $exists($n) %}", "Assign": {"m": 1}}]},
               "B": {"Type": "Pass", "Assign": {"n": 1}, "Next": "A"},
               "End": {"Type": "Pass", "Output": "{% $m + $n %}", "End": true}"#,
            Code::UnknownVariable,
            &[],
        );
    }
}
