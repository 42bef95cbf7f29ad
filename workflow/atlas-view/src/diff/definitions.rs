//! Two definitions: states that came, went or changed.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    Change,
    values::{ValueChange, values},
};

/// So many places of one state, or of the machine itself, are told of.
const MOST_PLACES: usize = 100;

/// What differs between two definitions.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DefinitionDiff {
    /// Fields of the machine itself: `StartAt`, `TimeoutSeconds`, `QueryLanguage`.
    pub machine: Vec<ValueChange>,
    /// The states that differ: those of the first definition in its order, then those that came.
    pub states: Vec<StateDiff>,
}

/// A state that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StateDiff {
    /// Its name.
    pub name: String,
    /// Whether it came, went or changed.
    pub change: Change,
    /// JSON pointer of where it stands in the first definition.
    pub left: Option<String>,
    /// JSON pointer of where it stands in the second definition.
    pub right: Option<String>,
    /// Its fields that differ, by JSON pointers within the state. The states inside it are told of as such.
    pub fields: Vec<ValueChange>,
}

/// Compares two definitions. A state is known by its name, of which a machine has but one, so that one that moved
/// into a branch is the same.
pub fn definitions(left: &Value, right: &Value) -> DefinitionDiff {
    let (before, after) = (states(left), states(right));
    let mut by_name: HashMap<&str, Vec<&Placed>> = HashMap::new();
    for state in after.iter().rev() {
        by_name.entry(&state.name).or_default().push(state);
    }
    let mut differ = Vec::new();
    for state in &before {
        let other = by_name.get_mut(state.name.as_str()).and_then(Vec::pop);
        let fields = other.map(|other| values(&state.own, &other.own, MOST_PLACES));
        let is_same = other.is_some_and(|other| other.pointer == state.pointer);
        if !is_same || fields.as_ref().is_some_and(|fields| !fields.is_empty()) {
            differ.push(StateDiff {
                name: state.name.clone(),
                change: if other.is_some() { Change::Changed } else { Change::Removed },
                left: Some(state.pointer.clone()),
                right: other.map(|other| other.pointer.clone()),
                fields: fields.unwrap_or_default(),
            });
        }
    }
    for state in &after {
        let rest = by_name.get(state.name.as_str()).into_iter().flatten();
        if rest.into_iter().any(|other| other.pointer == state.pointer) {
            differ.push(StateDiff {
                name: state.name.clone(),
                change: Change::Added,
                left: None,
                right: Some(state.pointer.clone()),
                fields: Vec::new(),
            });
        }
    }
    DefinitionDiff { machine: values(&own(left), &own(right), MOST_PLACES), states: differ }
}

/// A state, with what is its own.
struct Placed {
    name: String,
    pointer: String,
    own: Value,
}

fn states(definition: &Value) -> Vec<Placed> {
    let mut found = Vec::new();
    let mut waiting = vec![(String::new(), definition)];
    while let Some((at, machine)) = waiting.pop() {
        for (name, state) in machine["States"].as_object().into_iter().flatten() {
            let pointer = format!("{at}/States/{}", name.replace('~', "~0").replace('/', "~1"));
            let branches = state["Branches"].as_array().into_iter().flatten();
            for (number, branch) in branches.enumerate() {
                waiting.push((format!("{pointer}/Branches/{number}"), branch));
            }
            for field in ["ItemProcessor", "Iterator"] {
                if let Some(inside) = state.get(field) {
                    waiting.push((format!("{pointer}/{field}"), inside));
                }
            }
            found.push(Placed { name: name.clone(), pointer, own: own(state) });
        }
    }
    found
}

/// A state or a machine without the states inside it.
fn own(value: &Value) -> Value {
    let Value::Object(fields) = value else { return value.clone() };
    let without = |(name, value): (&String, &Value)| {
        let value = match (name.as_str(), value) {
            ("States", Value::Object(_)) => return None,
            ("Branches", Value::Array(branches)) => branches.iter().map(own).collect(),
            ("ItemProcessor" | "Iterator", inside) => own(inside),
            (_, value) => value.clone(),
        };
        Some((name.clone(), value))
    };
    Value::Object(fields.iter().filter_map(without).collect::<Map<String, Value>>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn states_come_go_move_and_change() {
        let task = |resource: &str| json!({ "Type": "Task", "Resource": resource, "End": true });
        let parallel = |states: Value| {
            json!({ "Type": "Parallel", "End": true,
            "Branches": [{ "StartAt": "X", "States": states }] })
        };
        let before = json!({ "StartAt": "A", "TimeoutSeconds": 5, "States": {
            "A": task("one"), "B": task("same"), "Gone": task("x"), "Moved": task("m"),
            "P": parallel(json!({ "X": task("x") })) } });
        let after = json!({ "StartAt": "B", "States": {
            "A": task("two"), "B": task("same"), "P": parallel(json!({ "X": task("x"),
                "Moved": task("m"), "New": task("n") })) } });
        let diff = definitions(&before, &after);
        let told: Vec<String> = diff
            .states
            .iter()
            .map(|state| {
                let fields: Vec<&str> =
                    state.fields.iter().map(|field| field.pointer.as_str()).collect();
                format!(
                    "{:?} {} {} {fields:?}",
                    state.change,
                    state.left.as_deref().unwrap_or("-"),
                    state.right.as_deref().unwrap_or("-")
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                r#"Changed /States/A /States/A ["/Resource"]"#,
                "Removed /States/Gone - []",
                "Changed /States/Moved /States/P/Branches/0/States/Moved []",
                "Added - /States/P/Branches/0/States/New []",
            ]
        );
        let machine: Vec<&str> = diff.machine.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(machine, ["/StartAt", "/TimeoutSeconds"]);
        let none = definitions(&before, &before);
        assert!(none.machine.is_empty() && none.states.is_empty());
        assert!(definitions(&json!(1), &json!([])).states.is_empty());
    }
}
