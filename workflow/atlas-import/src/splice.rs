//! One value of a JSON text in the place of another. Every byte outside of it stays as it is: a template is more than
//! its state machines, and has numbers and escapes that would come out otherwise if it were written anew.

use atlas_asl::parse::document::{self, Json, Node};
use serde_json::Value;

use crate::layout::Layout;

/// The text with another value at this pointer; `None` where it has none there.
pub(crate) fn put(text: &str, pointer: &str, value: &Value, layout: Layout) -> Option<String> {
    // The mark before it is no JSON, and stays.
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let (line_of, place) = find(document::read(&text[start..]).ok()?, pointer)?;
    let (line_of, from, to) = (start + line_of, start + place.offset, start + place.end);
    let line = &text[text[..line_of].rfind('\n').map_or(0, |at| at + 1)..line_of];
    let indent = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let written = layout.write(value);
    let written = written.trim_end().replace('\n', &format!("{line_break}{indent}"));
    Some([&text[..from], &written, &text[to..]].concat())
}

/// The value of a pointer, and where the name begins that it has.
fn find<'t>(root: Node<'t>, pointer: &str) -> Option<(usize, Node<'t>)> {
    let mut found = (root.offset, root);
    for name in pointer.split('/').skip(1) {
        let name = name.replace("~1", "/").replace("~0", "~");
        let Json::Object(members) = found.1.json else { return None };
        let member = members.into_iter().find(|member| member.name == name)?;
        found = (member.offset, member.value);
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_byte_around_it_stays() {
        for (before, layout, after) in [
            (
                r#"{"n": 12345678901234567890123, "a": {"b/": 1.50 } , "\u0041":1e3 }"#,
                Layout::Line,
                r#"{"n": 12345678901234567890123, "a": {"b/": {"x":[1]} } , "\u0041":1e3 }"#,
            ),
            (
                "\u{feff}{\r\n\t\"a\":\r\n\t{\r\n\t\t\"b/\": {}\r\n\t}\r\n}\r\n\r\n",
                Layout::Tab,
                "\u{feff}{\r\n\t\"a\":\r\n\t{\r\n\t\t\"b/\": {\r\n\t\t\t\"x\": [\r\n\t\t\t\t1\r\n\t\t\t]\r\n\t\t}\r\n\
                 \t}\r\n}\r\n\r\n",
            ),
        ] {
            let put = put(before, "/a/b~1", &json!({"x": [1]}), layout);
            assert_eq!(put.as_deref(), Some(after));
        }
        assert_eq!(put(r#"{"a": 1}"#, "/a/b", &json!(1), Layout::Line), None);
    }
}
