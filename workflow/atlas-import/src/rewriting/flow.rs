//! The flows of a definition in JSON, and what leads where in them.

use serde_json::{Map, Value};

/// The flow of this pointer: the definition itself for the empty one.
pub(super) fn flow_mut<'v>(definition: &'v mut Value, pointer: &str) -> Option<&'v mut Value> {
    definition.pointer_mut(pointer)
}

/// Lets everything in a flow that leads to a state lead to another.
pub(super) fn redirect(flow: &mut Value, from: &str, to: &str) {
    let turn = |place: Option<&mut Value>| {
        if let Some(place) = place.filter(|place| place.as_str() == Some(from)) {
            *place = Value::from(to);
        }
    };
    turn(flow.get_mut("StartAt"));
    let Some(Value::Object(states)) = flow.get_mut("States") else { return };
    for state in states.values_mut() {
        turn(state.get_mut("Next"));
        turn(state.get_mut("Default"));
        for list in ["Choices", "Catch"] {
            let Some(Value::Array(elements)) = state.get_mut(list) else { continue };
            elements.iter_mut().for_each(|element| turn(element.get_mut("Next")));
        }
    }
}

/// Puts one state in the place of several, of which the first says where; gives those that were there.
pub(super) fn replace(
    flow: &mut Value,
    taken: &[String],
    name: &str,
    put: impl FnOnce(&mut Map<String, Value>) -> Value,
) {
    let Some(Value::Object(states)) = flow.get_mut("States") else { return };
    let mut inside = Map::new();
    let mut kept = Map::new();
    let mut place = None;
    for (known, state) in std::mem::take(states) {
        if taken.contains(&known) {
            place = place.or((taken.first() == Some(&known)).then_some(kept.len()));
            inside.insert(known, state);
        } else {
            kept.insert(known, state);
        }
    }
    let mut put = Some(put(&mut inside));
    for (at, (known, state)) in kept.into_iter().enumerate() {
        if place == Some(at)
            && let Some(new) = put.take()
        {
            states.insert(name.to_owned(), new);
        }
        states.insert(known, state);
    }
    if let Some(new) = put {
        states.insert(name.to_owned(), new);
    }
}

/// A branch of these states, in this order; each leads to the next, the last ends it.
pub(super) fn branch(states: Vec<(String, Value)>) -> Value {
    let mut flow = Map::new();
    let first = states.first().map(|(name, _)| name.clone());
    flow.insert("StartAt".to_owned(), Value::from(first));
    flow.insert("States".to_owned(), Value::Object(states.into_iter().collect()));
    Value::Object(flow)
}

/// Lets a state end its flow.
pub(super) fn end(state: &mut Value) {
    lead(state, None);
}

/// Lets a state lead to another, in the place where it said so before.
pub(super) fn lead(state: &mut Value, next: Option<&str>) {
    let Value::Object(fields) = state else { return };
    let said: Map<String, Value> = std::mem::take(fields);
    let mut is_said = false;
    let transition = || match next {
        None => ("End".to_owned(), Value::Bool(true)),
        Some(next) => ("Next".to_owned(), Value::from(next)),
    };
    for (name, value) in said {
        if name == "Next" || name == "End" {
            if !is_said {
                fields.extend([transition()]);
            }
            is_said = true;
        } else {
            fields.insert(name, value);
        }
    }
    if !is_said {
        fields.extend([transition()]);
    }
}

/// A state with its last fields: what catches its failures, and where it leads.
pub(super) fn closed(
    mut fields: Map<String, Value>,
    catch: Option<&Value>,
    next: Option<Value>,
) -> Value {
    fields.extend(catch.map(|catch| ("Catch".to_owned(), catch.clone())));
    match next {
        Some(next) => fields.insert("Next".to_owned(), next),
        None => fields.insert("End".to_owned(), Value::Bool(true)),
    };
    Value::Object(fields)
}
