//! A rewritten definition as the template said the first one: with its functions in their places.

use serde_json::{Map, Value, json};

use super::{Placeholders, placeholders::names};

/// A definition that is an object in the template.
pub(crate) fn restored_object(definition: &Value, placeholders: &Placeholders) -> Value {
    match definition {
        Value::String(text) => placeholders.text(text).cloned().unwrap_or_else(|| {
            // A text of our own that holds a name, which no function of the template was.
            let holds = names(text).any(|(_, name)| placeholders.named(name).is_some());
            if holds { substitution(text, placeholders) } else { definition.clone() }
        }),
        Value::Array(elements) => {
            elements.iter().map(|it| restored_object(it, placeholders)).collect()
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), restored_object(value, placeholders)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Null | Value::Bool(_) | Value::Number(_) => definition.clone(),
    }
}

/// A definition that is a text in the template, given by this function or by none.
pub(crate) fn restored_text(
    text: &str,
    function: Option<&str>,
    placeholders: &Placeholders,
) -> Value {
    match function {
        None => Value::String(text.to_owned()),
        Some("Sub") => substitution(text, placeholders),
        Some(_) => json!({ "Fn::Join": ["", parts(text, placeholders)] }),
    }
}

/// `Fn::Sub` of a text, with what it cannot name beside it.
fn substitution(text: &str, placeholders: &Placeholders) -> Value {
    let mut said = String::new();
    let mut own = Map::new();
    for part in split(text, placeholders) {
        match part {
            Part::Text(text) => said.push_str(&text.replace("${", "${!")),
            Part::Name(name) => {
                let known = placeholders.named(name);
                let in_sub = known.and_then(|known| known.in_sub.as_deref());
                if let (None, Some(known)) = (in_sub, known) {
                    own.insert(name.to_owned(), known.is.clone());
                }
                said.push_str(&format!("${{{}}}", in_sub.unwrap_or(name)));
            }
        }
    }
    if own.is_empty() { json!({ "Fn::Sub": said }) } else { json!({ "Fn::Sub": [said, own] }) }
}

fn parts(text: &str, placeholders: &Placeholders) -> Vec<Value> {
    let parts = split(text, placeholders).into_iter().map(|part| match part {
        Part::Text(text) => Value::from(text),
        Part::Name(name) => placeholders.named(name).map_or(Value::Null, |known| known.is.clone()),
    });
    parts.collect()
}

enum Part<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// A text at its placeholders; `${…}` that is none of ours stays in the text.
fn split<'t>(text: &'t str, placeholders: &Placeholders) -> Vec<Part<'t>> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (start, name) in names(text).filter(|(_, name)| placeholders.named(name).is_some()) {
        if start > from {
            parts.push(Part::Text(&text[from..start]));
        }
        parts.push(Part::Name(name));
        from = start + "${}".len() + name.len();
    }
    if from < text.len() {
        parts.push(Part::Text(&text[from..]));
    }
    parts
}
