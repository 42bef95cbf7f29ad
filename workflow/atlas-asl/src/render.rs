//! Writing a definition: the same machine always gives the same text, with its fields in an order
//! that people read well.

mod flow;
mod map;
mod ordered;
mod state;

use serde_json::Value;

use crate::model::StateMachine;
use ordered::{Object, Ordered};

/// The definition as JSON text: two spaces of indent, a line break at the end.
pub fn render(machine: &StateMachine) -> String {
    let mut text = serde_json::to_string_pretty(&ordered(machine))
        .expect("a tree of names and JSON values is always serializable");
    text.push('\n');
    text
}

/// The definition as a JSON value. Of two states of one name the last stays.
pub fn to_value(machine: &StateMachine) -> Value {
    ordered(machine).into_value()
}

fn ordered(machine: &StateMachine) -> Ordered {
    let mut object = Object::new();
    object.text("Comment", machine.comment.as_deref());
    object.text("QueryLanguage", machine.query_language.map(|language| language.as_str()));
    flow::write(&machine.flow, &mut object);
    object.number("TimeoutSeconds", machine.timeout_seconds);
    object.text("Version", machine.version.as_deref());
    object.into()
}
