//! JSON, as strictly as definitions are read.

use atlas_asl::{
    parse::document::{self, Json},
    places::Places,
};

use super::{Data, Member, Node, Unreadable};
use crate::limits::MAX_DEPTH;

pub(super) fn read(text: &str) -> Result<Node, Unreadable> {
    let places = Places::new(text);
    let read = document::read(text).map_err(|error| {
        let message = if error.is_too_deep() {
            format!("nests deeper than {MAX_DEPTH} levels, which no definition does")
        } else {
            format!("is no JSON: {error}")
        };
        Unreadable::new(places.position(error.offset()), message)
    })?;
    node(read, &places)
}

fn node(read: document::Node<'_>, places: &Places) -> Result<Node, Unreadable> {
    let at = places.position(read.offset);
    let data =
        match read.json {
            Json::Null => Data::Null,
            Json::Boolean(is) => Data::Boolean(is),
            Json::Number(number) => Data::Number(serde_json::from_str(number).map_err(|_| {
                Unreadable::new(at, format!("`{number}` is no number that JSON has"))
            })?),
            Json::Text(text) => Data::Text { text: text.into_owned(), is_block: false },
            Json::Array(elements) => Data::List(
                elements.into_iter().map(|it| node(it, places)).collect::<Result<_, _>>()?,
            ),
            Json::Object(fields) => Data::Object(members(fields, places)?),
        };
    Ok(Node { at, tag: None, data })
}

fn members(fields: Vec<document::Member<'_>>, places: &Places) -> Result<Vec<Member>, Unreadable> {
    let mut members: Vec<Member> = Vec::new();
    let mut names = std::collections::HashSet::new();
    for field in fields {
        let at = places.position(field.offset);
        let name = field.name.into_owned();
        if !names.insert(name.clone()) {
            return Err(Unreadable::new(at, format!("`{name}` stands twice in this object")));
        }
        members.push(Member { name, at, value: node(field.value, places)? });
    }
    Ok(members)
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
        check(
            "{\n  \"a\": ,\n}",
            expect![
                "2:8: is no JSON: unexpected `,`; expected a value, a field name in double quotes or a closing bracket"
            ],
        );
        check("{\"a\": 1,\n \"a\": 2}", expect!["2:2: `a` stands twice in this object"]);
        let deep = "[".repeat(200);
        check(&deep, expect!["1:128: nests deeper than 127 levels, which no definition does"]);
    }
}
