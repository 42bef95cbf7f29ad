//! JSON whose objects keep the order of their fields, and may hold a name twice as a definition can.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::Value;

use crate::model::{Count, PathOrNull};

/// A JSON value.
#[derive(Debug)]
pub(super) enum Ordered {
    Value(Value),
    Array(Vec<Ordered>),
    Object(Vec<(String, Ordered)>),
}

impl Ordered {
    pub(super) fn into_value(self) -> Value {
        match self {
            Self::Value(value) => value,
            Self::Array(elements) => {
                Value::Array(elements.into_iter().map(Self::into_value).collect())
            }
            Self::Object(fields) => Value::Object(
                fields.into_iter().map(|(name, value)| (name, value.into_value())).collect(),
            ),
        }
    }
}

impl Serialize for Ordered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Array(elements) => serializer.collect_seq(elements),
            Self::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    }
}

impl From<Object> for Ordered {
    fn from(object: Object) -> Self {
        Self::Object(object.fields)
    }
}

/// An object that is being written, field by field; what is absent in the model stays absent.
#[derive(Debug)]
pub(super) struct Object {
    fields: Vec<(String, Ordered)>,
}

impl Object {
    pub(super) const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    pub(super) fn field(&mut self, name: &str, value: impl Into<Ordered>) {
        self.fields.push((name.to_owned(), value.into()));
    }

    pub(super) fn text(&mut self, name: &str, value: Option<&str>) {
        self.value(name, value.map(Value::from).as_ref());
    }

    pub(super) fn number(&mut self, name: &str, value: Option<u64>) {
        self.value(name, value.map(Value::from).as_ref());
    }

    pub(super) fn value(&mut self, name: &str, value: Option<&Value>) {
        if let Some(value) = value {
            self.field(name, Ordered::Value(value.clone()));
        }
    }

    pub(super) fn path_or_null(&mut self, name: &str, value: Option<&PathOrNull>) {
        match value {
            None => {}
            Some(PathOrNull::Null) => self.value(name, Some(&Value::Null)),
            Some(PathOrNull::Path(path)) => self.text(name, Some(path)),
        }
    }

    pub(super) fn count(&mut self, name: &str, path_name: &str, value: Option<&Count>) {
        match value {
            None => {}
            Some(Count::Literal(number)) => self.number(name, Some(*number)),
            Some(Count::Jsonata(expression)) => self.text(name, Some(expression)),
            Some(Count::Path(path)) => self.text(path_name, Some(path)),
        }
    }

    pub(super) fn texts(&mut self, name: &str, values: &[String]) {
        self.field(name, Ordered::Value(Value::from(values)));
    }

    /// An array; absent where it is empty.
    pub(super) fn array(&mut self, name: &str, elements: impl Iterator<Item = Object>) {
        let elements: Vec<Ordered> = elements.map(Ordered::from).collect();
        if !elements.is_empty() {
            self.field(name, Ordered::Array(elements));
        }
    }
}
