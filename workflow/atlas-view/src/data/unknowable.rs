//! Expressions whose value depends on what no history tells.

use serde_json::Value;

use super::token;

/// What an expression can ask for that cannot be known afterwards, as it is written.
const UNKNOWABLE: [(&str, &str); 6] = [
    ("$random(", "it uses a random number, which no history tells"),
    ("States.MathRandom(", "it uses a random number, which no history tells"),
    ("$uuid(", "it makes a UUID, which no history tells"),
    ("States.UUID(", "it makes a UUID, which no history tells"),
    ("$now(", "it uses the time at which it was evaluated, which no history tells"),
    ("$millis(", "it uses the time at which it was evaluated, which no history tells"),
];

/// Why the value of what a definition says cannot be known; nothing where it can.
pub(super) fn why_unknowable(
    expression: &Value,
    is_item_known: bool,
    is_token_known: bool,
) -> Option<&'static str> {
    let found = UNKNOWABLE.iter().find(|(what, _)| mentions(expression, what));
    let of_token = !is_token_known && mentions(expression, "Task.Token");
    found.map(|(_, why)| *why).or(of_token.then_some(token::UNKNOWN)).or_else(|| {
        let of_item = !is_item_known && mentions(expression, "Map.Item.Value");
        of_item.then_some("it uses the item of the Map, which is not known")
    })
}

/// Whether an expression in it says this. What it takes for an expression may be a plain text; then a value
/// that could be computed is not shown, which is better than a wrong one.
pub(super) fn mentions(value: &Value, what: &str) -> bool {
    match value {
        Value::String(text) => text.contains(what),
        Value::Array(items) => items.iter().any(|item| mentions(item, what)),
        Value::Object(fields) => fields.values().any(|field| mentions(field, what)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
