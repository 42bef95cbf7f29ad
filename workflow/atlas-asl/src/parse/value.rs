//! Any JSON inside a definition: `Parameters`, `Arguments`, `Result`, `Assign` and the like.

use serde_json::{Map, Number, Value};

use super::{
    document::{Json, Node},
    faults::{Reading, Trail},
};

/// Reads the node as it is written. Of a field that stands twice the last counts, and it is noted.
pub(super) fn read(node: &Node<'_>, trail: &Trail<'_>, reading: &mut Reading<'_>) -> Value {
    match &node.json {
        Json::Null => Value::Null,
        Json::Boolean(value) => Value::Bool(*value),
        Json::Number(written) => number(written).unwrap_or_else(|| {
            reading.fault(
                trail,
                "the number is too large",
                "numbers reach to about 1.8e308; write it as a text".to_owned(),
            );
            Value::Null
        }),
        Json::Text(text) => Value::String(text.clone().into_owned()),
        Json::Array(elements) => Value::Array(
            elements
                .iter()
                .enumerate()
                .map(|(index, element)| {
                    read(element, &trail.element(index, element.offset), reading)
                })
                .collect(),
        ),
        Json::Object(members) => {
            let mut map = Map::new();
            for member in members {
                let inner = trail.field(&member.name, member.offset);
                let value = read(&member.value, &inner, reading);
                if map.insert(member.name.clone().into_owned(), value).is_some() {
                    reading.fault_at(
                        trail,
                        member.offset,
                        format!("Field '{}' stands here twice", member.name),
                        "remove one of the two".to_owned(),
                    );
                }
            }
            Value::Object(map)
        }
    }
}

fn number(written: &str) -> Option<Value> {
    serde_json::from_str::<Number>(written).ok().map(Value::Number)
}
