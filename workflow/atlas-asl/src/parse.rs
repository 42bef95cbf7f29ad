//! Reading a definition: from JSON text to the model, with every fault of shape at its place.
//!
//! A fault of shape is what the model cannot say: a missing, unknown or doubled field, a value of the
//! wrong type or out of range, a field of the other query language. All are found at once; what
//! cannot be held is left out, so that the rules over the model still judge the rest. Names, targets,
//! paths and expressions are those rules' business, not the parser's.

pub mod document;
mod malformed;

mod faults;
mod fields;
mod shapes;
mod value;

mod machine;

mod states;

mod choice;
mod items;
mod map;
mod parallel;
mod recovery;

pub use malformed::Malformed;

use serde_json::Value;

use crate::{diagnostic::Diagnostic, model::StateMachine, places::Places};

/// What a text says, as far as it says anything.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The definition; `None` where the text is no JSON object.
    pub machine: Option<StateMachine>,
    /// Where each of its values stands.
    pub places: Places,
    /// What is wrong, in the order of the text, each with line and column.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a definition.
pub fn parse(text: &str) -> Parsed {
    let mut places = Places::new(text);
    let read = if text.trim().is_empty() {
        Err(malformed::Malformed::empty())
    } else {
        document::read(text)
    };
    match read {
        Ok(document) => {
            places.fill(document.places());
            let (machine, diagnostics) = machine::read(&document, &places);
            Parsed { machine, places, diagnostics }
        }
        Err(malformed) => {
            let position = places.position(malformed.offset);
            Parsed { machine: None, places, diagnostics: vec![malformed.into_diagnostic(position)] }
        }
    }
}

/// Reads a definition that is JSON already. The diagnostics have pointers only, no lines.
pub fn parse_value(value: &Value) -> (Option<StateMachine>, Vec<Diagnostic>) {
    let mut parsed = parse(&value.to_string());
    for diagnostic in &mut parsed.diagnostics {
        diagnostic.position = None;
    }
    (parsed.machine, parsed.diagnostics)
}

#[cfg(test)]
mod tests;
