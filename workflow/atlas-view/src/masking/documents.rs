//! Documents, and texts that are documents.

use serde_json::{Map, Value};

use super::{fields::Kind, hidden, quoted};

/// So deep may texts be documents with texts that are documents.
const DEEPEST: usize = 12;

/// Fields around somebody: what is called `name` in them is a person's.
const PEOPLE: [&str; 8] =
    ["contact", "lead", "customer", "person", "visitor", "caller", "recipient", "user"];

/// Who wrote a document, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Author {
    /// The author of a machine: an expression says where a value comes from.
    OfMachine,
    /// Anybody, whose data may look like an expression.
    Anybody,
}

/// Where something in a document stands.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    author: Author,
    /// The field that it is in.
    field: &'a str,
    deep: usize,
}

/// The document, with what is of a person or secret masked, also in texts in it that are documents themselves.
/// Expressions stay where the document, or a part of it, is a definition.
pub fn masked(value: &Value) -> Value {
    of_value(value, Place { author: Author::Anybody, field: "", deep: DEEPEST })
}

/// A definition, or a part of one, in the same way: what says where a value comes from stays.
pub fn masked_definition(value: &Value) -> Value {
    of_value(value, Place { author: Author::OfMachine, field: "", deep: DEEPEST })
}

/// The text, with what is of a person or secret masked. A text that is a JSON document stays one.
pub fn masked_text(text: &str) -> String {
    of_text(text, Place { author: Author::Anybody, field: "", deep: DEEPEST })
}

fn of_value(value: &Value, at: Place<'_>) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => Value::String(of_text(text, at)),
        Value::Array(items) => items.iter().map(|item| of_value(item, at)).collect(),
        Value::Object(fields) => Value::Object(of_fields(fields, at)),
    }
}

fn of_fields(fields: &Map<String, Value>, at: Place<'_>) -> Map<String, Value> {
    let is_definition = fields.get("StartAt").is_some_and(Value::is_string)
        && fields.get("States").is_some_and(Value::is_object);
    let around = if is_definition { Author::OfMachine } else { at.author };
    // `DataSteps` and `DataStep` are ours: they say why a value is not known, and what the definition says.
    let is_step = fields.contains_key("isRecorded");
    let is_ours = is_step || (fields.contains_key("steps") && fields.contains_key("variables"));
    let masked = |(name, value): (&String, &Value)| {
        let author = if is_step && name == "definition" { Author::OfMachine } else { around };
        let kind = match name.as_str() {
            "note" if is_ours => None,
            // It is a state that has this name.
            _ if at.author == Author::OfMachine && at.field == "States" => None,
            "name" | "Name" if is_person(at.field) => Some(Kind::Words),
            name => Kind::of(name),
        };
        let value = match kind {
            Some(kind) => covered(value, kind, author == Author::OfMachine || is_template(name)),
            None => of_value(value, Place { author, field: name, deep: at.deep }),
        };
        // A map may be keyed by a number or an address.
        (hidden(name), value)
    };
    fields.iter().map(masked).collect()
}

fn is_person(field: &str) -> bool {
    PEOPLE.iter().any(|person| field.eq_ignore_ascii_case(person))
}

/// Whether a field's value is a JSONPath expression, by the field's name.
fn is_template(name: &str) -> bool {
    name.ends_with(".$")
}

/// All that stands in a field that is to be masked, but for how it is built.
fn covered(value: &Value, kind: Kind, may_be_expression: bool) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::String(text) if may_be_expression && is_expression(text) => value.clone(),
        Value::String(_) | Value::Number(_) => kind.mask().into(),
        Value::Array(items) => {
            items.iter().map(|item| covered(item, kind, may_be_expression)).collect()
        }
        Value::Object(fields) => {
            let covered = |(name, value): (&String, &Value)| {
                (hidden(name), covered(value, kind, may_be_expression || is_template(name)))
            };
            Value::Object(fields.iter().map(covered).collect())
        }
    }
}

/// Whether a text of a definition says where a value comes from, or what makes it.
fn is_expression(text: &str) -> bool {
    text.starts_with('$') || text.starts_with("States.") || text.starts_with("{%")
}

fn of_text(text: &str, at: Place<'_>) -> String {
    let is_document = at.deep > 0 && text.trim_start().starts_with(['{', '[', '"']);
    if let Some(document) = is_document.then(|| serde_json::from_str::<Value>(text).ok()).flatten()
    {
        let masked = of_value(&document, Place { deep: at.deep - 1, ..at });
        // As it was written, where there is nothing to mask.
        return if masked == document { text.to_owned() } else { masked.to_string() };
    }
    hidden(&quoted::masked(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(document: Value, expected: Value) {
        assert_eq!(masked(&document), expected, "{document}");
    }

    #[test]
    fn what_is_of_a_person_is_masked_and_the_rest_is_not() {
        check(
            json!({ "interactionKey": "k-1", "lead": { "firstName": "Ada", "lastName": "Lovelace",
                "email": "ada@example.com", "phone": "+14155550123", "company": "Engines",
                "topic": "pricing", "notes": "call me" }, "call": { "maxAttempts": 1 } }),
            json!({ "interactionKey": "k-1", "lead": { "firstName": "…", "lastName": "…",
                "email": "…@…", "phone": "+…", "company": "…",
                "topic": "pricing", "notes": "…" }, "call": { "maxAttempts": 1 } }),
        );
        check(
            json!({ "First_Name": "Ada", "Phone": 14_155_550_123_u64, "phone_number": null,
                "talkingPoints": ["Ada", "x"], "name": "CreateLead", "state": "call +14155550123" }),
            json!({ "First_Name": "…", "Phone": "+…", "phone_number": null,
                "talkingPoints": ["…", "…"], "name": "CreateLead", "state": "call +…" }),
        );
        check(
            json!({ "ada@example.com": [1], "Token": "AAAA", "phone.$": "$.lead.phone" }),
            json!({ "…@…": [1], "Token": "(secret)", "phone.$": "$.lead.phone" }),
        );
    }

    #[test]
    fn only_a_definition_says_where_a_value_comes_from() {
        check(
            json!({ "firstName": "$.Ada", "phone": ["{% 4155550123 %}"], "email.$": "$.a",
                "lastName.$": "Lovelace", "input": "{\"notes\":\"$.x\"}" }),
            json!({ "firstName": "…", "phone": ["+…"], "email.$": "$.a",
                "lastName.$": "…", "input": "{\"notes\":\"…\"}" }),
        );
        let state = json!({ "Type": "Task", "Arguments": { "phone": "{% $lead.phone %}",
            "lead": { "firstName": "Ada", "notes.$": "States.Format('{}', $.n)" } } });
        let expected = json!({ "Type": "Task", "Arguments": { "phone": "{% $lead.phone %}",
            "lead": { "firstName": "…", "notes.$": "States.Format('{}', $.n)" } } });
        assert_eq!(masked_definition(&state), expected);
        check(
            json!({ "definition": { "StartAt": "Note", "States": { "Note": state } } }),
            json!({ "definition": { "StartAt": "Note", "States": { "Note": expected } } }),
        );
        check(
            json!({ "steps": [{ "name": "Arguments", "definition": { "phone": "{% $p %}" },
                "value": { "phone": "{% $p %}", "note": "Ada" }, "isRecorded": true,
                "note": "it makes a UUID" }], "variables": {}, "note": "cut" }),
            json!({ "steps": [{ "name": "Arguments", "definition": { "phone": "{% $p %}" },
                "value": { "phone": "+…", "note": "…" }, "isRecorded": true,
                "note": "it makes a UUID" }], "variables": {}, "note": "cut" }),
        );
    }

    #[test]
    fn a_person_is_masked_however_the_fields_are_called() {
        check(
            json!({ "contact": { "name": "Ada", "mobile": 4_155_550_101_u64, "city": "x" },
                "Leads": [{ "tel": "415.555.0101" }], "lead": [{ "Name": "Ada" }],
                "telephone": "4155550101", "cell_phone": "(415) 555-0101", "nickname": "A",
                "note": "tall", "Contact.Name": "Ada", "machine": { "name": "m" } }),
            json!({ "contact": { "name": "…", "mobile": "+…", "city": "x" },
                "Leads": [{ "tel": "+…" }], "lead": [{ "Name": "…" }],
                "telephone": "+…", "cell_phone": "+…", "nickname": "…",
                "note": "…", "Contact.Name": "…", "machine": { "name": "m" } }),
        );
    }

    #[test]
    fn texts_that_are_documents_are_masked_inside() {
        let inner = json!({ "lead": { "firstName": "Ada" }, "n": 1 }).to_string();
        let outer = json!({ "Cause": json!({ "Input": inner }).to_string() });
        let text = masked(&outer).to_string();
        assert!(!text.contains("Ada") && text.contains("firstName"), "{text}");
        check(json!({ "input": "{ \"a\" : 1 }" }), json!({ "input": "{ \"a\" : 1 }" }));
    }

    #[test]
    fn texts_that_quote_documents_are_masked() {
        for (text, expected) in [
            (
                r#"The path '$.x' is not in the input '{"firstName":"Ada","n":1}'"#,
                r#"The path '$.x' is not in the input '{"firstName":"…","n":1}'"#,
            ),
            (
                r#"{\"lead\":{\"lastName\" : \"O\\\"Hara\",\"topic\":\"x\"}, cut off"#,
                r#"{\"lead\":{\"lastName\" : \"…\",\"topic\":\"x\"}, cut off"#,
            ),
            (r#"{"email":"ada@example.com","firstName":"Ad"#, r#"{"email":"…@…","firstName":"…"#),
            (r#"{"phone":4155550123,"a":"b"#, r#"{"phone":+…,"a":"b"#),
            ("nothing to see", "nothing to see"),
            (r#""firstName" alone, "": "", "a" "b""#, r#""firstName" alone, "": "", "a" "b""#),
        ] {
            assert_eq!(masked_text(text), expected, "{text}");
        }
    }

    #[test]
    fn task_tokens_are_masked_wherever_they_are() {
        let token = "AAAAKgAAAAIAAAAAAAAAAZr0nUyQ3Pp5vE7gYbT4mWc1xLd9sKf2hJq8oRu6iXe0tVw+/A==";
        let text = masked(&json!({ "message": format!("token {token}."), "n": token })).to_string();
        assert!(!text.contains("AAAAKg"), "{text}");
        let digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(masked_text(digest), digest);
    }
}
