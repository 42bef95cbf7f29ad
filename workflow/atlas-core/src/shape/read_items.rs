//! The items in what an `ItemReader` has read.

use atlas_asl::timestamp_text::parse_timestamp;
use serde_json::{Map, Value};

use super::csv;
use crate::{Payload, program::ItemFormat};

/// The items in the text of an object; else what is wrong with it. `named` are the headers of its rows
/// where another object names them.
pub(crate) fn items_in(
    body: &str,
    format: &ItemFormat,
    pointer: Option<&str>,
    named: Option<&[String]>,
) -> Result<Vec<Payload>, String> {
    match format {
        ItemFormat::Json => json_items(body, pointer),
        ItemFormat::JsonLines => (1..)
            .zip(body.lines())
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| {
                Payload::parse(line).map_err(|error| format!("Line {number} is no JSON: {error}"))
            })
            .collect(),
        ItemFormat::Csv { delimiter, headers } => {
            csv_items(body, *delimiter, named.or(headers.as_deref()))
        }
        ItemFormat::Other(_) => Ok(Vec::new()),
    }
}

fn json_items(body: &str, pointer: Option<&str>) -> Result<Vec<Payload>, String> {
    let document: Value =
        serde_json::from_str(body).map_err(|error| format!("The object is no JSON: {error}"))?;
    let items = match pointer {
        None => Some(&document),
        Some(pointer) => document.pointer(pointer),
    };
    match items {
        Some(Value::Array(items)) => Ok(items.iter().cloned().map(Payload::from).collect()),
        // AWS's words for what is no array.
        Some(_) | None => Err("Attempting to map over non-iterable node.".to_owned()),
    }
}

fn csv_items(
    body: &str,
    delimiter: char,
    headers: Option<&[String]>,
) -> Result<Vec<Payload>, String> {
    let mut rows = csv::rows(body, delimiter).into_iter();
    let headers = match headers {
        Some(headers) => headers.to_vec(),
        None => rows.next().unwrap_or_default(),
    };
    if headers.is_empty() {
        return Err("The CSV has no headers.".to_owned());
    }
    Ok(rows
        .map(|row| {
            // A row that is too short has empty fields, one that is too long is cut.
            let mut row = row.into_iter();
            let fields = headers
                .iter()
                .map(|header| (header.clone(), row.next().unwrap_or_default().into()));
            Payload::from(Value::Object(fields.collect()))
        })
        .collect())
}

/// The objects of a page of `listObjectsV2`.
pub(crate) fn listed_objects(answer: &Value) -> Vec<Payload> {
    let contents = answer.get("Contents").and_then(Value::as_array);
    contents.into_iter().flatten().map(|object| Payload::from(listed(object))).collect()
}

/// As AWS gives it to the map: `Etag`, and the time in seconds.
fn listed(object: &Value) -> Value {
    let Value::Object(fields) = object else { return object.clone() };
    let mut listed = Map::new();
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("ETag", value) => drop(listed.insert("Etag".to_owned(), value.clone())),
            ("LastModified", Value::String(text)) => {
                let seconds = parse_timestamp(text).map(|moment| moment.as_millisecond() / 1000);
                listed.insert(name.clone(), seconds.map_or_else(|| value.clone(), Value::from));
            }
            _ => drop(listed.insert(name.clone(), value.clone())),
        }
    }
    Value::Object(listed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(format: ItemFormat, pointer: Option<&str>, body: &str, expected: Value) {
        let items = match items_in(body, &format, pointer, None) {
            Ok(items) => items.iter().map(|item| item.value().clone()).collect(),
            Err(cause) => Value::String(cause),
        };
        assert_eq!(items, expected, "{body}");
    }

    #[test]
    fn each_format_gives_its_items() {
        let csv = |headers: Option<&[&str]>| ItemFormat::Csv {
            delimiter: ',',
            headers: headers.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        };
        check(ItemFormat::Json, None, "[1, {\"a\": 2}]", json!([1, {"a": 2}]));
        check(ItemFormat::Json, Some("/a/b"), r#"{"a": {"b": [3]}}"#, json!([3]));
        let no_array = json!("Attempting to map over non-iterable node.");
        check(ItemFormat::Json, None, "{}", no_array.clone());
        check(ItemFormat::Json, Some("/x"), "{}", no_array);
        check(ItemFormat::JsonLines, None, "{\"a\":1}\n\n2\r\n", json!([{"a": 1}, 2]));
        check(
            csv(None),
            None,
            "id,name\n1,Ada\n2\n",
            json!([
                {"id": "1", "name": "Ada"}, {"id": "2", "name": ""},
            ]),
        );
        check(csv(Some(&["x"])), None, "1,Ada\n", json!([{"x": "1"}]));
        let named = ["n".to_owned()];
        let items = items_in("1\n", &csv(None), None, Some(&named)).expect("it is CSV");
        assert_eq!(items[0].value(), &json!({"n": "1"}));
        check(csv(None), None, "", json!("The CSV has no headers."));
    }

    #[test]
    fn a_listing_gives_its_objects() {
        let page = json!({"Contents": [
            {"ETag": "\"e\"", "Key": "k", "LastModified": "2022-12-02T14:37:37Z", "Size": 3},
        ]});
        let objects: Vec<Value> =
            listed_objects(&page).iter().map(|object| object.value().clone()).collect();
        assert_eq!(
            objects,
            [json!({"Etag": "\"e\"", "Key": "k", "LastModified": 1_669_991_857, "Size": 3})]
        );
    }
}
