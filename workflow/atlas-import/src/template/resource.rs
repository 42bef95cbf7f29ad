//! Which resources are state machines, and where each has its definition.

use atlas_asl::{diagnostic::Position, model::ExecutionType};
use serde_json::Value;

use super::{Placeholders, intrinsic};
use crate::reading::{Data, Node};

/// A state machine of a template, and its definition's place.
#[derive(Debug, Clone)]
pub struct Found {
    /// The resource's logical name.
    pub name: String,
    /// Its type, as the template says it or leaves it out; `None` where a parameter decides.
    pub execution_type: Option<ExecutionType>,
    /// Where the resource stands.
    pub at: Position,
    /// Where its definition is.
    pub place: Place,
}

/// Where a definition is.
#[derive(Debug, Clone)]
pub enum Place {
    /// An object in the template.
    Object {
        /// The field that holds it: `Definition`.
        pointer: String,
        /// It, with its places.
        node: Node,
        /// It, with names where functions stand.
        value: Value,
        /// Those names.
        placeholders: Placeholders,
    },
    /// A text in the template.
    Text {
        /// The field that holds it: `DefinitionString`.
        pointer: String,
        /// Where it stands.
        at: Position,
        /// Whether its lines are lines of the template.
        is_block: bool,
        /// The function that gives it: `Sub`, `Join`.
        function: Option<String>,
        /// It, with names where functions stand.
        text: String,
        /// Those names.
        placeholders: Placeholders,
    },
    /// A file, by a path relative to the template.
    File {
        /// The path.
        path: String,
        /// Where it is said.
        at: Position,
    },
    /// Out of reach: what and where, and what would do.
    Elsewhere {
        /// In words.
        words: String,
        /// Where it is said.
        at: Position,
    },
}

const CLOUDFORMATION: &str = "AWS::StepFunctions::StateMachine";
const SAM: &str = "AWS::Serverless::StateMachine";

/// The state machines of a template, in its order.
pub fn find(template: &Node) -> Vec<Found> {
    let mut found = Vec::new();
    for resource in template.get("Resources").map(Node::members).unwrap_or_default() {
        let kind = resource.value.get("Type").and_then(Node::text);
        let (Some(CLOUDFORMATION | SAM), Some(kind)) = (kind, kind) else { continue };
        let properties = resource.value.get("Properties");
        let type_field = if kind == SAM { "Type" } else { "StateMachineType" };
        let execution_type = match properties.and_then(|it| it.get(type_field)) {
            None => Some(ExecutionType::Standard),
            Some(node) => match node.text() {
                Some("STANDARD") => Some(ExecutionType::Standard),
                Some("EXPRESS") => Some(ExecutionType::Express),
                Some(_) | None => None,
            },
        };
        let pointer =
            format!("/Resources/{}/Properties", atlas_asl::model::escape_pointer(&resource.name));
        let place =
            properties.and_then(|it| place(it, &pointer)).unwrap_or_else(|| Place::Elsewhere {
                words: "it has no definition; expected `Definition`, `DefinitionString` or \
                        `DefinitionUri`"
                    .to_owned(),
                at: resource.at,
            });
        found.push(Found { name: resource.name.clone(), execution_type, at: resource.at, place });
    }
    found
}

fn place(properties: &Node, pointer: &str) -> Option<Place> {
    if let Some(node) = properties.get("DefinitionString") {
        return Some(text(node, format!("{pointer}/DefinitionString")));
    }
    if let Some(node) = properties.get("Definition") {
        if matches!(node.data, Data::Object(_)) && intrinsic::of(node).is_none() {
            let (value, placeholders) = Placeholders::of(|it| it.value(node), texts);
            let pointer = format!("{pointer}/Definition");
            return Some(Place::Object { pointer, node: node.clone(), value, placeholders });
        }
        return Some(text(node, format!("{pointer}/Definition")));
    }
    for field in ["DefinitionUri", "DefinitionS3Location"] {
        let Some(node) = properties.get(field) else { continue };
        let at = node.at;
        return Some(match node.text() {
            Some(path) if !path.starts_with("s3://") => Place::File { path: path.to_owned(), at },
            Some(_) | None => Place::Elsewhere {
                words: format!(
                    "its `{field}` says that it is in S3; download the object and name that file"
                ),
                at,
            },
        });
    }
    None
}

fn text(node: &Node, pointer: String) -> Place {
    let at = node.at;
    let is_block = match &node.data {
        Data::Text { is_block, .. } => *is_block,
        _ => false,
    };
    let Some(found) = intrinsic::of(node) else {
        return match node.text() {
            Some(text) => {
                let (function, text) = (None, text.to_owned());
                let placeholders = Placeholders::default();
                Place::Text { pointer, at, is_block, function, text, placeholders }
            }
            None => Place::Elsewhere {
                words: format!("its definition is {}; expected a text", node.words()),
                at,
            },
        };
    };
    let function = found.function.to_owned();
    if !matches!(function.as_str(), "Sub" | "Join") {
        let words = format!(
            "its definition is what `{function}` gives on deployment; name the file that it comes from"
        );
        return Place::Elsewhere { words, at };
    }
    let (text, placeholders) =
        Placeholders::of(|it| it.function(&found, node), |text: &String| vec![text.as_str()]);
    Place::Text { pointer, at, is_block, function: Some(function), text, placeholders }
}

/// Every text of a value.
fn texts(value: &Value) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => found.push(text.as_str()),
            Value::Array(elements) => open.extend(elements),
            Value::Object(fields) => open.extend(fields.values()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    found
}
