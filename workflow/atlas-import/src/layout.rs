//! How a text lays JSON out, so that what is rewritten looks as it did.

use serde::Serialize;
use serde_json::{Value, ser::PrettyFormatter};

/// The indent of a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All on one line.
    Line,
    /// So many spaces a level.
    Spaces(usize),
    /// A tab a level.
    Tab,
}

impl Default for Layout {
    fn default() -> Self {
        Self::Spaces(2)
    }
}

impl Layout {
    /// The layout of a text: its first indented line says it.
    pub(crate) fn of(text: &str) -> Self {
        let mut lines = text.trim().lines();
        if lines.next().is_none() || text.trim().lines().count() < 2 {
            return Self::Line;
        }
        let Some(line) = lines.find(|line| line.starts_with([' ', '\t'])) else {
            return Self::default();
        };
        if line.starts_with('\t') {
            return Self::Tab;
        }
        Self::Spaces((line.len() - line.trim_start_matches(' ').len()).clamp(1, 8))
    }

    /// A value for people to read: in this layout, or over several lines where this is one line.
    pub fn shown(self, value: &Value) -> String {
        if self == Self::Line { Self::default().write(value) } else { self.write(value) }
    }

    /// A value in this layout, with a line break at the end.
    pub fn write(self, value: &Value) -> String {
        let indent = match self {
            Self::Line => return format!("{value}\n"),
            Self::Spaces(spaces) => " ".repeat(spaces),
            Self::Tab => "\t".to_owned(),
        };
        let mut bytes = Vec::new();
        let formatter = PrettyFormatter::with_indent(indent.as_bytes());
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        value.serialize(&mut serializer).expect("a JSON value is always serializable");
        bytes.push(b'\n');
        String::from_utf8(bytes).expect("JSON is UTF-8")
    }
}
