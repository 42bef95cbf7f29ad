//! A JSON document on its way through an execution: shared, never changed.

use std::{fmt, sync::Arc, sync::OnceLock};

use serde_json::Value;

/// A JSON document that states hand to each other and events refer to.
///
/// Cheap to clone. It keeps the text that it came in, which is what a history shows; the other of
/// text and tree is made when somebody asks for it. It prints as its size alone, for payloads hold
/// personal data.
#[derive(Clone)]
pub struct Payload(Arc<Inner>);

struct Inner {
    /// It stands in the definition.
    is_of_machine: bool,
    text: OnceLock<Box<str>>,
    value: OnceLock<Value>,
}

impl Payload {
    /// Reads a document and keeps its text as it is.
    pub fn parse(text: impl Into<Box<str>>) -> Result<Self, serde_json::Error> {
        let text = text.into();
        let value: Value = serde_json::from_str(&text)?;
        Ok(Self(Arc::new(Inner {
            is_of_machine: false,
            text: OnceLock::from(text),
            value: OnceLock::from(value),
        })))
    }

    /// A document that stands in a machine's definition.
    pub(crate) fn of_machine(value: Value) -> Self {
        let (text, value) = (OnceLock::new(), OnceLock::from(value));
        Self(Arc::new(Inner { is_of_machine: true, text, value }))
    }

    /// The empty object.
    pub fn empty() -> Self {
        Self::from(Value::Object(serde_json::Map::new()))
    }

    /// The document as a tree.
    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| {
            let text = self.0.text.get().expect("a payload has its text or its tree");
            serde_json::from_str(text).expect("the text was parsed or written by us before")
        })
    }

    /// The document as a tree of one's own; not copied where nobody else holds it.
    pub(crate) fn into_value(self) -> Value {
        match Arc::try_unwrap(self.0) {
            Ok(mut inner) if inner.value.get().is_some() => {
                inner.value.take().expect("it has just been seen")
            }
            Ok(inner) => Self(Arc::new(inner)).value().clone(),
            Err(shared) => Self(shared).value().clone(),
        }
    }

    /// The document as text: as it came, or compact.
    pub fn text(&self) -> &str {
        self.0.text.get_or_init(|| {
            let value = self.0.value.get().expect("a payload has its text or its tree");
            serde_json::to_string(value).expect("a JSON tree can be written").into()
        })
    }

    /// Both are the same document in memory.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A number that payloads share only where `is_same` holds, while both live.
    pub(crate) fn identity(&self) -> usize {
        Arc::as_ptr(&self.0) as usize
    }

    /// Whether it nests deeper than this. What came in as text is no deeper than a parser goes.
    pub(crate) fn is_deeper_than(&self, levels: usize) -> bool {
        self.0.value.get().is_some_and(|value| is_deeper(value, levels))
    }

    /// Whether its text is all that it holds.
    pub(crate) fn is_text_only(&self) -> bool {
        self.0.value.get().is_none()
    }

    /// The same document, without its tree: an execution that waits long needs only the text.
    pub(crate) fn as_text_only(&self) -> Self {
        // A machine's own document is shared by its executions; the text of one that is too deep could
        // not be read again.
        if self.is_text_only() || self.0.is_of_machine || self.is_deeper_than(PARSED_LEVELS) {
            return self.clone();
        }
        let text: Box<str> = self.text().into();
        Self(Arc::new(Inner {
            is_of_machine: false,
            text: OnceLock::from(text),
            value: OnceLock::new(),
        }))
    }

    /// Whether the compact text has more bytes than this, without writing it where the tree alone
    /// shows that it cannot.
    pub fn is_longer_than(&self, limit: usize) -> bool {
        match self.0.text.get() {
            Some(text) => text.len() > limit,
            None => at_most(self.value(), limit).is_none() && self.text().len() > limit,
        }
    }
}

/// How deep a text may nest to be read: one less than the parser's limit.
const PARSED_LEVELS: usize = 127;

fn is_deeper(value: &Value, levels: usize) -> bool {
    let deeper = |value: &Value| match levels.checked_sub(1) {
        Some(levels) => is_deeper(value, levels),
        None => true,
    };
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        Value::Array(items) => levels == 0 || items.iter().any(deeper),
        Value::Object(fields) => levels == 0 || fields.values().any(deeper),
    }
}

/// An upper bound of the bytes of a value's compact text; `None` once it passes `limit`.
fn at_most(value: &Value, limit: usize) -> Option<usize> {
    let bytes = match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 24,
        // A control character takes six bytes: \u001f.
        Value::String(text) => text.len().saturating_mul(6).saturating_add(2),
        Value::Array(items) => {
            let mut sum = 2;
            for item in items {
                sum += at_most(item, limit.checked_sub(sum)?)? + 1;
            }
            sum
        }
        Value::Object(fields) => {
            let mut sum = 2;
            for (key, item) in fields {
                sum += key.len().saturating_mul(6) + 4;
                sum += at_most(item, limit.checked_sub(sum)?)?;
            }
            sum
        }
    };
    (bytes <= limit).then_some(bytes)
}

impl From<Value> for Payload {
    fn from(value: Value) -> Self {
        Self(Arc::new(Inner {
            is_of_machine: false,
            text: OnceLock::new(),
            value: OnceLock::from(value),
        }))
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.text().len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_keeps_the_text_that_it_came_in() {
        let payload = Payload::parse("[1,  2]").unwrap();
        assert_eq!(payload.text(), "[1,  2]");
        assert_eq!(payload.value(), &json!([1, 2]));
        assert_eq!(payload.as_text_only().value(), &json!([1, 2]));
    }

    #[test]
    fn the_size_is_judged_by_the_bytes_of_the_text() {
        for (value, bytes) in [
            (json!({"a": "é"}), r#"{"a":"é"}"#.len()),
            (json!(["\u{1}", 1.5, null]), r#"["\u0001",1.5,null]"#.len()),
            (json!("x".repeat(1000)), 1002),
        ] {
            assert!(!Payload::from(value.clone()).is_longer_than(bytes));
            assert!(Payload::from(value).is_longer_than(bytes - 1));
        }
    }

    #[test]
    fn the_depth_is_the_number_of_levels() {
        for (value, levels) in [
            (json!(1), 0),
            (json!([]), 1),
            (json!({"a": [1, {"b": 2}]}), 3),
            (json!([[], [[]], {}]), 3),
        ] {
            let payload = Payload::from(value);
            assert!(!payload.is_deeper_than(levels));
            assert!(levels == 0 || payload.is_deeper_than(levels - 1));
        }
        let parsed = |levels: usize| {
            Payload::parse(format!("{}{}", "[".repeat(levels), "]".repeat(levels))).is_ok()
        };
        assert!(parsed(PARSED_LEVELS) && !parsed(PARSED_LEVELS + 1));
    }

    #[test]
    fn a_payload_does_not_print_what_it_holds() {
        let payload = Payload::from(json!({"phone": "+14155550123"}));
        assert_eq!(format!("{payload:?}"), "Payload(24 bytes)");
    }
}
