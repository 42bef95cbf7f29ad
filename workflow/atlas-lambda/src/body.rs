//! What a function answers with: a JSON document, or whatever else its binary wrote.

use atlas_core::Payload;
use serde_json::Value;

/// An answer's body. It prints as its size, for it may hold personal data.
#[derive(Debug, Clone)]
pub struct Body(Kind);

#[derive(Clone)]
enum Kind {
    Json(Payload),
    Text(Box<str>),
}

impl std::fmt::Debug for Kind {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json(payload) => payload.fmt(formatter),
            Self::Text(text) => write!(formatter, "text of {} bytes", text.len()),
        }
    }
}

impl Body {
    /// What a binary wrote. Lambda hands on what is no JSON as it is.
    pub fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        match Payload::parse(text.as_ref()) {
            Ok(payload) => Self(Kind::Json(payload)),
            Err(_) => Self(Kind::Text(text.into())),
        }
    }

    /// The document, where it is JSON.
    pub fn json(&self) -> Option<&Value> {
        match &self.0 {
            Kind::Json(payload) => Some(payload.value()),
            Kind::Text(_) => None,
        }
    }

    /// What was written.
    pub fn text(&self) -> &str {
        match &self.0 {
            Kind::Json(payload) => payload.text(),
            Kind::Text(text) => text,
        }
    }

    /// The document; what is no JSON becomes a JSON string.
    pub fn into_payload(self) -> Payload {
        match self.0 {
            Kind::Json(payload) => payload,
            Kind::Text(text) => Payload::from(Value::from(&*text)),
        }
    }

    /// The document as a tree of one's own; what is no JSON becomes a JSON string.
    pub(crate) fn into_value(self) -> Value {
        match self.0 {
            Kind::Json(payload) => payload.value().clone(),
            Kind::Text(text) => Value::from(&*text),
        }
    }

    /// Whether it has more bytes than this.
    pub(crate) fn is_longer_than(&self, limit: usize) -> bool {
        match &self.0 {
            Kind::Json(payload) => payload.is_longer_than(limit),
            Kind::Text(text) => text.len() > limit,
        }
    }
}

impl From<Payload> for Body {
    fn from(payload: Payload) -> Self {
        Self(Kind::Json(payload))
    }
}

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self(Kind::Json(Payload::from(value)))
    }
}
