//! Documents, and texts that are documents.

use serde_json::{Map, Value};

use super::{fields::Kind, hidden, quoted};

/// So deep may texts be documents with texts that are documents.
const DEEPEST: usize = 12;

/// The document, with what is of a person or secret masked, also in texts in it that are documents themselves.
pub fn masked(value: &Value) -> Value {
    of_value(value, DEEPEST)
}

/// The text, with what is of a person or secret masked. A text that is a JSON document stays one.
pub fn masked_text(text: &str) -> String {
    of_text(text, DEEPEST)
}

fn of_value(value: &Value, deep: usize) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => Value::String(of_text(text, deep)),
        Value::Array(items) => items.iter().map(|item| of_value(item, deep)).collect(),
        Value::Object(fields) => Value::Object(of_fields(fields, deep)),
    }
}

fn of_fields(fields: &Map<String, Value>, deep: usize) -> Map<String, Value> {
    let masked = |(name, value): (&String, &Value)| {
        let value = match Kind::of(name) {
            Some(kind) => covered(value, kind),
            None => of_value(value, deep),
        };
        // A map may be keyed by a number or an address.
        (hidden(name), value)
    };
    fields.iter().map(masked).collect()
}

/// All that stands in a field that is to be masked, but for how it is built.
fn covered(value: &Value, kind: Kind) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        // A JSONPath template says where a value comes from.
        Value::String(text) if text.starts_with("$.") || text.starts_with("{%") => value.clone(),
        Value::String(_) | Value::Number(_) => kind.mask().into(),
        Value::Array(items) => items.iter().map(|item| covered(item, kind)).collect(),
        Value::Object(fields) => {
            let covered = |(name, value): (&String, &Value)| (name.clone(), covered(value, kind));
            Value::Object(fields.iter().map(covered).collect())
        }
    }
}

fn of_text(text: &str, deep: usize) -> String {
    let is_document = deep > 0 && text.trim_start().starts_with(['{', '[', '"']);
    if let Some(document) = is_document.then(|| serde_json::from_str::<Value>(text).ok()).flatten()
    {
        let masked = of_value(&document, deep - 1);
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
