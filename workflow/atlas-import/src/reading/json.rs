//! JSON, strictly.

use atlas_asl::{diagnostic::Position, places::Places};
use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{ObjectPropName, Value as Ast},
    common::Ranged,
    parse_to_ast,
};

use super::{Data, MAX_DEPTH, Member, Node, Unreadable};

pub(super) fn read(text: &str) -> Result<Node, Unreadable> {
    let places = Places::new(text);
    if let Some(offset) = too_deep(text) {
        let message = format!("nests deeper than {MAX_DEPTH} levels, which no definition does");
        return Err(Unreadable::new(places.position(offset), message));
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let at = places.position(error.range().start);
        Unreadable::new(at, format!("is no JSON: {}", error.kind().to_string().to_lowercase()))
    })?;
    let start = Position { line: 1, column: 1 };
    let value = parsed.value.ok_or_else(|| Unreadable::new(start, "is empty"))?;
    node(value, &places)
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

/// Where brackets open deeper than is read: the parser below calls itself for each level.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(offset);
                }
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

fn node(value: Ast<'_>, places: &Places) -> Result<Node, Unreadable> {
    let at = places.position(value.start());
    let data = match value {
        Ast::NullKeyword(_) => Data::Null,
        Ast::BooleanLit(literal) => Data::Boolean(literal.value),
        Ast::NumberLit(literal) => {
            Data::Number(serde_json::from_str(literal.value).map_err(|_| {
                Unreadable::new(at, format!("`{}` is no number that JSON has", literal.value))
            })?)
        }
        Ast::StringLit(literal) => Data::Text { text: literal.value.into_owned(), is_block: false },
        Ast::Array(array) => Data::List(
            array.elements.into_iter().map(|it| node(it, places)).collect::<Result<_, _>>()?,
        ),
        Ast::Object(object) => {
            let mut members: Vec<Member> = Vec::new();
            let mut names = std::collections::HashSet::new();
            for property in object.properties {
                let at = places.position(property.range.start);
                let name = match property.name {
                    ObjectPropName::String(name) => name.value.into_owned(),
                    ObjectPropName::Word(name) => name.value.to_owned(),
                };
                if !names.insert(name.clone()) {
                    let message = format!("`{name}` stands twice in this object");
                    return Err(Unreadable::new(at, message));
                }
                members.push(Member { name, at, value: node(property.value, places)? });
            }
            Data::Object(members)
        }
    };
    Ok(Node { at, tag: None, data })
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    #[expect(clippy::needless_pass_by_value, reason = "as everywhere with expectations")]
    fn check(text: &str, expected: Expect) {
        let fault = super::read(text).expect_err(text).to_string();
        expected.assert_eq(&fault);
    }

    #[test]
    fn what_is_no_json_is_told_at_its_place() {
        check("{\n  \"a\": ,\n}", expect!["2:8: is no JSON: unexpected comma"]);
        check("{\"a\": 1,\n \"a\": 2}", expect!["2:2: `a` stands twice in this object"]);
        let deep = "[".repeat(200);
        check(&deep, expect!["1:128: nests deeper than 127 levels, which no definition does"]);
    }
}
