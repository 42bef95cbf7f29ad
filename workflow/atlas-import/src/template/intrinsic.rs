//! CloudFormation's functions, in their long form and as tags.

use serde_json::{Map, Value};

use crate::reading::{Data, Node};

/// A function and what it is given: `Sub` of `!Sub` and of `Fn::Sub`.
pub(super) struct Intrinsic<'n> {
    pub(super) function: &'n str,
    pub(super) argument: Argument<'n>,
}

/// What a function is given: the value of its field, or the tagged value without its tag.
pub(super) struct Argument<'n>(&'n Node);

/// The function that a value is.
pub(super) fn of(node: &Node) -> Option<Intrinsic<'_>> {
    if let Some(tag) = &node.tag {
        return Some(Intrinsic { function: tag, argument: Argument(node) });
    }
    let [member] = node.members() else { return None };
    let function = match member.name.as_str() {
        "Ref" => "Ref",
        name => name.strip_prefix("Fn::")?,
    };
    Some(Intrinsic { function, argument: Argument(&member.value) })
}

impl<'n> Argument<'n> {
    /// The text, where it is one.
    pub(super) fn text(&self) -> Option<&'n str> {
        match &self.0.data {
            Data::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Its elements, where it is a list.
    pub(super) fn list(&self) -> Option<&'n [Node]> {
        match &self.0.data {
            Data::List(elements) => Some(elements),
            _ => None,
        }
    }
}

/// A value in JSON, with functions in their long form.
pub(super) fn json(node: &Node) -> Value {
    let plain = match &node.data {
        Data::Null => Value::Null,
        Data::Boolean(is) => Value::Bool(*is),
        Data::Number(number) => Value::Number(number.clone()),
        Data::Text { text, .. } => Value::String(text.clone()),
        Data::List(elements) => elements.iter().map(json).collect(),
        Data::Object(members) => members
            .iter()
            .map(|member| (member.name.clone(), json(&member.value)))
            .collect::<Map<_, _>>()
            .into(),
    };
    let Some(tag) = &node.tag else { return plain };
    let name = match tag.as_str() {
        "Ref" | "Condition" => tag.clone(),
        _ => format!("Fn::{tag}"),
    };
    let argument = match (tag.as_str(), &plain) {
        // `!GetAtt A.B.C` is the attribute `B.C` of `A`.
        ("GetAtt", Value::String(text)) => match text.split_once('.') {
            Some((resource, attribute)) => Value::from(vec![resource, attribute]),
            None => plain,
        },
        _ => plain,
    };
    Value::Object(Map::from_iter([(name, argument)]))
}
