//! From text to values with their places.

mod fault;
mod tree;

mod json;
mod yaml;

pub use fault::Unreadable;
pub use tree::{Data, Member, Node};

use atlas_asl::diagnostic::Position;

use crate::limits::MOST_BYTES;

/// The language that a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// Reads a text: JSON where it begins as an object of JSON does, else YAML.
pub fn read(text: &str) -> Result<(Format, Node), Unreadable> {
    let start = Position { line: 1, column: 1 };
    if text.len() > MOST_BYTES {
        let message = format!(
            "has {} bytes; at most {MOST_BYTES} are read, and CloudFormation takes templates of 1 MB, \
             Step Functions definitions of 1 MiB",
            text.len()
        );
        return Err(Unreadable::new(start, message));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Unreadable::new(start, "is empty; expected a definition or a template"));
    }
    if text.contains('\0') {
        let message = "holds a zero byte, so it is no text in UTF-8; save it as UTF-8";
        return Err(Unreadable::new(start, message));
    }
    if text.trim_start().starts_with(['{', '[']) {
        Ok((Format::Json, json::read(text)?))
    } else {
        Ok((Format::Yaml, yaml::read(text)?))
    }
}
