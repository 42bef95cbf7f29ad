//! Texts within JSON values, and what their form gives away.

use serde_json::Value;

use crate::model::escape_pointer;

/// A text somewhere inside a value.
pub(super) struct Leaf<'a> {
    /// JSON pointer below the value: empty for the value itself.
    pub(super) pointer: String,
    /// The key of the object that holds the text, where an object does.
    pub(super) key: Option<&'a str>,
    /// The text; `None` where the value under the key is no text and the key ends in `.$`.
    pub(super) text: Option<&'a str>,
}

/// Every text inside a value, and every key that ends in `.$`, in the order written.
pub(super) fn leaves(value: &Value) -> Vec<Leaf<'_>> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), None, value)];
    while let Some((pointer, key, value)) = open.pop() {
        match value {
            Value::String(text) => found.push(Leaf { pointer, key, text: Some(text) }),
            _ if key.is_some_and(|key: &str| key.ends_with(".$")) => {
                found.push(Leaf { pointer, key, text: None });
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate().rev() {
                    open.push((format!("{pointer}/{index}"), None, item));
                }
            }
            Value::Object(fields) => {
                for (key, item) in fields.iter().rev() {
                    open.push((
                        format!("{pointer}/{}", escape_pointer(key)),
                        Some(key.as_str()),
                        item,
                    ));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}

/// A text that anyone would take for a path or an intrinsic function.
pub(super) fn looks_like_query(text: &str) -> bool {
    matches!(text, "$" | "$$")
        || ["$.", "$[", "$$.", "$$["].iter().any(|start| text.starts_with(start))
        || (text.starts_with("States.") && text.ends_with(')'))
}

/// The text with a word in the place of each `${…}`, except where it is nothing but one.
pub(super) fn without_placeholders(text: &str) -> String {
    if placeholder(text).is_some_and(|rest| rest.is_empty()) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        match placeholder(from) {
            Some(after) => {
                out.push_str("placeholder");
                rest = after;
            }
            None => {
                out.push_str("${");
                rest = from.strip_prefix("${").expect("`find` found it there");
            }
        }
    }
    out.push_str(rest);
    out
}

/// What follows the `${…}` that a text starts with.
pub(super) fn placeholder(text: &str) -> Option<&str> {
    let (name, rest) = text.strip_prefix("${")?.split_once('}')?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
    (!name.is_empty() && name.chars().all(is_name)).then_some(rest)
}

/// The names, quoted and separated, at most eight of them.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<String> =
        names.by_ref().take(8).map(|name| format!("`{}`", short(name))).collect();
    if names.next().is_some() {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

/// The text, cut where it is too long for a message.
pub(super) fn short(text: &str) -> String {
    const LONGEST: usize = 100;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST).chain(std::iter::once('…')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_stands_anywhere_in_an_arn() {
        for (text, expected) in [
            ("${Arn}", "${Arn}"),
            (
                "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:f",
                "arn:aws:lambda:placeholder:placeholder:function:f",
            ),
            ("arn:${P}:states:::lambda:invoke", "arn:placeholder:states:::lambda:invoke"),
            ("a ${ b", "a ${ b"),
            ("${a b}", "${a b}"),
        ] {
            assert_eq!(without_placeholders(text), expected);
        }
    }

    #[test]
    fn a_query_is_known_by_its_form() {
        for (text, expected) in [
            ("$", true),
            ("$.a", true),
            ("$$.Execution.Id", true),
            ("$[0]", true),
            ("States.UUID()", true),
            ("$5.00 off", false),
            ("States.ALL", false),
            ("", false),
        ] {
            assert_eq!(looks_like_query(text), expected, "{text}");
        }
    }
}
