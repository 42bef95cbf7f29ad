//! The task token that a visit gave away: as its arguments were recorded, or something in its place.

use serde_json::Value;

/// Stands for a token that is not known; no value with it in it is shown.
const PLACEHOLDER: &str = "(a task token that no history tells)";

/// Why what depends on a token is not known.
pub(super) const UNKNOWN: &str = "it holds the task token, which is not known";

/// What `Task.Token` of a visit's context object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Known(String),
    Unknown,
}

impl Token {
    /// That of a state, if it has one.
    pub(super) fn of(state: &Value, arguments: Option<&Value>) -> Option<Self> {
        let resource = state.get("Resource")?.as_str()?;
        let has_token = resource.ends_with(".waitForTaskToken") || resource.contains(":activity:");
        let template = state.get("Arguments").or_else(|| state.get("Parameters"));
        has_token.then(|| {
            let found = template.zip(arguments).and_then(|(it, recorded)| found(it, recorded));
            found.map_or(Self::Unknown, |token| Self::Known(token.to_owned()))
        })
    }

    /// As an expression sees it.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Known(token) => token,
            Self::Unknown => PLACEHOLDER,
        }
    }
}

/// Whether a value was made of a token that is not known.
pub(super) fn is_of_unknown(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(PLACEHOLDER),
        Value::Array(items) => items.iter().any(is_of_unknown),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains(PLACEHOLDER) || is_of_unknown(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What was recorded where a template says nothing but the token.
fn found<'a>(template: &Value, recorded: &'a Value) -> Option<&'a str> {
    match (template, recorded) {
        (Value::String(expression), Value::String(token)) => {
            let inner = expression.strip_prefix("{%").and_then(|it| it.strip_suffix("%}"));
            let plain = inner.unwrap_or(expression).trim();
            let is_token = ["$$.Task.Token", "$states.context.Task.Token"].contains(&plain);
            is_token.then_some(token.as_str())
        }
        (Value::Array(templates), Value::Array(items)) => {
            templates.iter().zip(items).find_map(|(template, item)| found(template, item))
        }
        (Value::Object(templates), Value::Object(fields)) => {
            templates.iter().find_map(|(name, template)| {
                let name = name.strip_suffix(".$").unwrap_or(name);
                found(template, fields.get(name)?)
            })
        }
        _ => None,
    }
}
