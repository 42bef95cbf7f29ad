//! What an expression is made of, before it is written as JSON or as JSONata.
//!
//! The two forms meet here only: a field of a state takes JSON with `{% … %}` texts in it, an
//! operation takes JSONata source.

use serde_json::{Map, Value};

/// How tightly a piece of JSONata holds together; a looser one is put in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Binding {
    /// Anything: text given by a caller, `a ? b : c`.
    Loose,
    /// `a or b`.
    Or,
    /// `a and b`.
    And,
    /// `a = b`, `a < b`, `a in b`.
    Comparison,
    /// `a & b`, `a + b`.
    Sum,
    /// `a * b`, `a / b`.
    Product,
    /// A path, a call, a literal.
    Whole,
}

/// A value to be: a literal, a piece of JSONata, or an object of such.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// A JSON value, as it is.
    Literal(Value),
    /// JSONata source without its `{% %}`.
    Code(String, Binding),
    /// An object whose members are nodes.
    Object(Vec<(String, Node)>),
    /// An array whose elements are nodes.
    Array(Vec<Node>),
}

impl Node {
    /// The node as a field of a state holds it: JSON, with each piece of JSONata as `{% … %}`.
    pub fn to_template(&self) -> Value {
        match self {
            Self::Literal(value) => literal_template(value),
            Self::Code(source, _) => Value::String(format!("{{% {source} %}}")),
            Self::Object(members) => Value::Object(
                members.iter().map(|(name, node)| (name.clone(), node.to_template())).collect(),
            ),
            Self::Array(elements) => Value::Array(elements.iter().map(Self::to_template).collect()),
        }
    }

    /// The node as JSONata source.
    pub fn to_source(&self) -> String {
        match self {
            Self::Literal(value) => literal_source(value),
            Self::Code(source, _) => source.clone(),
            Self::Object(members) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|(name, node)| format!("{}: {}", quote(name), node.to_source()))
                    .collect();
                format!("{{{}}}", members.join(", "))
            }
            Self::Array(elements) => {
                let elements: Vec<String> = elements.iter().map(Self::to_source).collect();
                format!("[{}]", elements.join(", "))
            }
        }
    }

    /// The source, in parentheses where something that holds this tightly would tear it apart.
    pub fn to_operand(&self, needed: Binding) -> String {
        match self {
            Self::Code(source, binding) if *binding < needed => format!("({source})"),
            _ => self.to_source(),
        }
    }

    /// The member of this name.
    pub fn field(&self, name: &str) -> Node {
        let base = self.to_operand(Binding::Whole);
        let plain = !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !matches!(name, "and" | "or" | "in");
        let step = if plain { name.to_owned() } else { format!("`{name}`") };
        Node::Code(format!("{base}.{step}"), Binding::Whole)
    }

    /// The element at this index.
    pub fn element(&self, index: usize) -> Node {
        let base = self.to_operand(Binding::Whole);
        Node::Code(format!("{base}[{index}]"), Binding::Whole)
    }
}

/// A literal text that looks like an expression would be taken for one: it is written as JSONata.
fn literal_template(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("{%") => {
            Value::String(format!("{{% {} %}}", quote(text)))
        }
        Value::Array(elements) => elements.iter().map(literal_template).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), literal_template(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn literal_source(value: &Value) -> String {
    match value {
        Value::String(text) => quote(text),
        Value::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(literal_source).collect();
            format!("[{}]", elements.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", quote(name), literal_source(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// A JSONata string literal: in single quotes where it can be, since the whole stands in JSON.
fn quote(text: &str) -> String {
    // JSONata knows the escapes of JSON and no `\'`.
    let needs_escape = |c: char| c == '\'' || c == '\\' || c.is_control();
    if text.contains(needs_escape) {
        Value::String(text.to_owned()).to_string()
    } else {
        format!("'{text}'")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_literal_that_looks_like_an_expression_stays_a_literal() {
        let check = |literal: Value, expected: Value| {
            assert_eq!(Node::Literal(literal).to_template(), expected);
        };
        check(json!("{% $x %}"), json!("{% '{% $x %}' %}"));
        check(json!({"a": ["{% it's %}"]}), json!({"a": ["{% \"{% it's %}\" %}"]}));
        check(json!([1, null, true, "x"]), json!([1, null, true, "x"]));
    }

    #[test]
    fn texts_are_quoted_as_jsonata_reads_them() {
        let check = |text: &str, expected: &str| assert_eq!(quote(text), expected);
        check("BUSY", "'BUSY'");
        check("say \"hi\"", "'say \"hi\"'");
        check("it's", "\"it's\"");
        check("both ' and \"", r#""both ' and \"""#);
        check("back\\slash", r#""back\\slash""#);
        check("a\nb", r#""a\nb""#);
    }

    #[test]
    fn an_operand_is_put_in_parentheses_only_where_it_must_be() {
        let either = Node::Code("$a or $b".into(), Binding::Or);
        assert_eq!(either.to_operand(Binding::And), "($a or $b)");
        assert_eq!(either.to_operand(Binding::Or), "$a or $b");
        assert_eq!(either.field("c"), Node::Code("($a or $b).c".into(), Binding::Whole));
    }

    #[test]
    fn a_field_that_is_no_word_stands_in_backticks() {
        let base = Node::Code("$a".into(), Binding::Whole);
        let check = |name: &str, expected: &str| assert_eq!(base.field(name).to_source(), expected);
        check("phone", "$a.phone");
        check("first-name", "$a.`first-name`");
        check("in", "$a.`in`");
        check("1st", "$a.`1st`");
    }
}
