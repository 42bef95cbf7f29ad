//! The lead-to-call machines as they are deployed, with each Task replaced by a Pass that gives what the
//! task's mock answers: what is left is an engine's own work.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// The case of the mock file whose answers are taken.
const CASE: &str = "HappyPath";
/// What the step answers that no mock answers, for the engine performs it.
pub(super) const CALL_EXECUTION: &str =
    "arn:aws:states:us-east-1:000000000000:execution:AtlasEngineCallWorkflow:call-1";
/// What a Task has and a Pass has not.
const OF_TASKS: [&str; 7] = [
    "Resource",
    "Arguments",
    "Credentials",
    "TimeoutSeconds",
    "HeartbeatSeconds",
    "Retry",
    "Catch",
];

/// The machine of this name in Pass steps. It has nothing that other definitions could be known by, so it
/// is made for these two.
pub(super) fn in_pass_steps(name: &str) -> String {
    let machines = definitions::local_machines();
    let machine = machines.into_iter().find(|machine| machine.name == name);
    let text = machine.expect("the name is that of one of our machines").text;
    let mut machine: Value = serde_json::from_str(&text).expect("a rendered definition is JSON");
    let mocks: Value = serde_json::from_str(definitions::MOCKS).expect("the mock file is JSON");
    replace_tasks(&mut machine, &|state| answer(&mocks, name, state));
    machine.to_string()
}

fn answer(mocks: &Value, machine: &str, state: &str) -> Value {
    let name = &mocks["StateMachines"][machine]["TestCases"][CASE][state];
    match name.as_str() {
        Some(name) => mocks["MockedResponses"][name]["0"]["Return"].clone(),
        None => json!({ "ExecutionArn": CALL_EXECUTION }),
    }
}

/// Replaces the tasks among the states of a machine, a branch or an iteration, and what is inside them.
fn replace_tasks(scope: &mut Value, answer: &dyn Fn(&str) -> Value) {
    let start = scope["StartAt"].as_str().unwrap_or_default().to_owned();
    let Some(states) = scope["States"].as_object_mut() else { return };
    for (name, state) in &mut *states {
        if state["Type"] == "Task" {
            let state = state.as_object_mut().expect("a state is an object");
            to_pass(state, &answer(name));
        }
        let branches = state.get_mut("Branches").and_then(Value::as_array_mut);
        branches.into_iter().flatten().for_each(|branch| replace_tasks(branch, answer));
    }
    // A Pass fails nowhere: what only a failure leads to would be refused as unreachable.
    let reached = reached(states, &start);
    states.retain(|name, _| reached.contains(name));
}

fn to_pass(state: &mut Map<String, Value>, result: &Value) {
    for field in OF_TASKS {
        state.shift_remove(field);
    }
    state.insert("Type".to_owned(), json!("Pass"));
    // A Pass has no `$states.result`.
    let output = state.entry("Output").or_insert_with(|| json!("{% $states.result %}"));
    fill_in(output, result);
    if let Some(assign) = state.get_mut("Assign") {
        fill_in(assign, result);
    }
}

/// Puts the result where a template names it, or a field of it.
fn fill_in(template: &mut Value, result: &Value) {
    match template {
        Value::String(text) => {
            let path = text.strip_prefix("{% $states.result").and_then(|it| it.strip_suffix(" %}"));
            if let Some(path) = path {
                *template = path
                    .split('.')
                    .filter(|field| !field.is_empty())
                    .fold(result, |found, field| &found[field])
                    .clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill_in(item, result)),
        Value::Object(fields) => fields.values_mut().for_each(|field| fill_in(field, result)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn reached(states: &Map<String, Value>, start: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut to_visit = vec![start.to_owned()];
    while let Some(name) = to_visit.pop() {
        let Some(state) = states.get(&name) else { continue };
        if !reached.insert(name) {
            continue;
        }
        let inside = ["Choices", "Catch"].into_iter().filter_map(|field| state[field].as_array());
        let nexts = inside.flatten().map(|rule| &rule["Next"]);
        let nexts = nexts.chain([&state["Next"], &state["Default"]]);
        to_visit.extend(nexts.filter_map(Value::as_str).map(str::to_owned));
    }
    reached
}

#[cfg(test)]
mod tests {
    use atlas_asl::{model::ExecutionType, parse::parse, validate::validate};
    use definitions::contract::Handlers;

    use super::*;

    #[test]
    fn the_machines_in_pass_steps_are_right_and_have_no_task_left() {
        for definition in definitions::machines() {
            let text = in_pass_steps(definition.name);
            assert!(!text.contains(r#""Type":"Task""#), "{text}");
            assert!(!text.contains("$states.result %}") && !text.contains("${"), "{text}");
            let parsed = parse(&text);
            assert_eq!(parsed.diagnostics, [], "{text}");
            let machine = parsed.machine.expect("it is right");
            assert_eq!(validate(&machine, ExecutionType::Standard, &Handlers), [], "{text}");
        }
    }

    #[test]
    fn a_task_becomes_a_pass_that_gives_what_its_mock_answers() {
        let mut scope = json!({"StartAt": "A", "States": {
            "A": {"Type": "Task", "Resource": "r", "Next": "B", "Retry": [],
                "Assign": {"x": "{% $states.result.p.q %}", "y": "{% $y %}"},
                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]},
            "B": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "D", "States": {
                "D": {"Type": "Task", "Resource": "r", "Output": "{% $states.result.p %}",
                    "End": true}}}]},
            "C": {"Type": "Fail"}}});
        replace_tasks(&mut scope, &|name| json!({"p": {"q": name}}));
        let expected = json!({"StartAt": "A", "States": {
            "A": {"Type": "Pass", "Next": "B", "Output": {"p": {"q": "A"}},
                "Assign": {"x": "A", "y": "{% $y %}"}},
            "B": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "D", "States": {
                "D": {"Type": "Pass", "Output": {"q": "D"}, "End": true}}}]}}});
        assert_eq!(scope, expected);
    }
}
