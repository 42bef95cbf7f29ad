//! From JSON text to a tree that knows where each value stands; every name and every number stays
//! as it is written.

use std::borrow::Cow;

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{ObjectProp, ObjectPropName, Value as Ast},
    common::Ranged,
    parse_to_ast,
};

use super::malformed::{self, Malformed};
use crate::places::{Below, Place};

/// The deepest nesting that is read. `serde_json` reads as much, and so whatever is rendered from a
/// definition can be read again.
pub const MAX_DEPTH: usize = 127;

/// A value and where it begins.
#[derive(Debug)]
pub struct Node<'t> {
    /// The byte at which it begins.
    pub offset: usize,
    /// The byte behind it.
    pub end: usize,
    /// What it is.
    pub json: Json<'t>,
}

/// What a value is.
#[derive(Debug)]
pub enum Json<'t> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean(bool),
    /// A number, as written.
    Number(&'t str),
    /// A text, without its escapes.
    Text(Cow<'t, str>),
    /// An array.
    Array(Vec<Node<'t>>),
    /// An object, in the order written.
    Object(Vec<Member<'t>>),
}

/// A field of an object. One name may stand twice.
#[derive(Debug)]
pub struct Member<'t> {
    /// The byte at which the name begins.
    pub offset: usize,
    /// The name, without its escapes.
    pub name: Cow<'t, str>,
    /// The value.
    pub value: Node<'t>,
}

/// Reads strict JSON (RFC 8259).
pub fn read(text: &str) -> Result<Node<'_>, Malformed> {
    let fault = malformed::scan(text, MAX_DEPTH);
    if let Some(too_deep) = fault.as_ref().filter(|fault| fault.is_too_deep()) {
        return Err(too_deep.clone());
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT)
        .map_err(|error| malformed::explain(text, &error))
        .and_then(|parsed| parsed.value.ok_or_else(Malformed::empty));
    match (parsed, fault) {
        (Ok(value), None) => Ok(node(value)),
        (Ok(_), Some(fault)) => Err(fault),
        (Err(error), None) => Err(error),
        (Err(error), Some(fault)) => Err(if fault.offset <= error.offset { fault } else { error }),
    }
}

const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

fn node(value: Ast<'_>) -> Node<'_> {
    let (offset, end) = (value.start(), value.end());
    let json = match value {
        Ast::NullKeyword(_) => Json::Null,
        Ast::BooleanLit(literal) => Json::Boolean(literal.value),
        Ast::NumberLit(literal) => Json::Number(literal.value),
        Ast::StringLit(literal) => Json::Text(literal.value),
        Ast::Array(array) => Json::Array(array.elements.into_iter().map(node).collect()),
        Ast::Object(object) => Json::Object(object.properties.into_iter().map(member).collect()),
    };
    Node { offset, end, json }
}

fn member(property: ObjectProp<'_>) -> Member<'_> {
    let offset = property.range.start;
    let name = match property.name {
        ObjectPropName::String(name) => name.value,
        ObjectPropName::Word(name) => Cow::Borrowed(name.value),
    };
    Member { offset, name, value: node(property.value) }
}

impl Node<'_> {
    /// `[]`.
    pub(super) fn is_empty_array(&self) -> bool {
        matches!(&self.json, Json::Array(elements) if elements.is_empty())
    }

    /// The places of this value and of all in it.
    pub(super) fn places(&self) -> Place {
        self.places_from(self.offset)
    }

    fn places_from(&self, offset: usize) -> Place {
        let below = match &self.json {
            Json::Null | Json::Boolean(_) | Json::Number(_) | Json::Text(_) => Below::Nothing,
            Json::Array(elements) => Below::Elements(elements.iter().map(Node::places).collect()),
            Json::Object(members) => {
                let mut fields: Vec<(Box<str>, Place)> = members
                    .iter()
                    .map(|member| {
                        (member.name.as_ref().into(), member.value.places_from(member.offset))
                    })
                    .collect();
                fields.sort_by(|(left, _), (right, _)| left.cmp(right));
                Below::Fields(fields)
            }
        };
        Place { offset, below }
    }
}
