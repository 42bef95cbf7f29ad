//! `mapItemReaderData`: what the `ItemReader` of a Map would have found, taken apart into items.

use atlas_asl::model::{ItemReader, StateKind};
use atlas_core::{
    Payload,
    trial::{ItemsRead, csv_rows},
};
use serde_json::{Map, Value};

use super::Tested;
use crate::api_error::ApiError;

/// The items that a Map with an `ItemReader` works on; `None` for all other states.
pub(crate) fn items_read(
    tested: &Tested,
    data: Option<&str>,
) -> Result<Option<ItemsRead>, ApiError> {
    let StateKind::Map(map) = &tested.state().kind else { return Ok(None) };
    let Some(reader) = &map.item_reader else { return Ok(None) };
    let Some(data) = data else {
        return Err(ApiError::validation(
            "ItemReader data must be specified when testing a Map state with ItemReader specified.",
        ));
    };
    let items = read(reader, data)
        .ok_or_else(|| ApiError::validation("ItemReader data does not have the input type"))?;
    Ok(Some(ItemsRead {
        items: items.into_iter().map(Payload::from).collect(),
        are_pointed_at: reader
            .reader_config
            .as_ref()
            .is_some_and(|config| config.items_pointer.is_some()),
    }))
}

fn read(reader: &ItemReader, data: &str) -> Option<Vec<Value>> {
    let config = reader.reader_config.clone().unwrap_or_default();
    match config.input_type.as_deref() {
        Some("CSV") => {
            let delimiter = match config.csv_delimiter.as_deref() {
                Some("PIPE") => '|',
                Some("SEMICOLON") => ';',
                Some("SPACE") => ' ',
                Some("TAB") => '\t',
                _ => ',',
            };
            let mut rows = csv_rows(data, delimiter).into_iter();
            let header = match config.csv_headers {
                Some(given) => given,
                None => rows.next().unwrap_or_default(),
            };
            Some(rows.map(|row| item(&header, row)).collect())
        }
        Some("JSONL") => {
            let lines = data.lines().filter(|line| !line.trim().is_empty());
            lines.map(|line| serde_json::from_str(line).ok()).collect()
        }
        _ => {
            let document: Value = serde_json::from_str(data).ok()?;
            let found = match config.items_pointer.as_deref() {
                Some(pointer) => document.pointer(pointer)?.clone(),
                None => document,
            };
            match found {
                Value::Array(items) => Some(items),
                // A listing of S3: `{"Contents": […]}`.
                Value::Object(mut fields) => match fields.remove("Contents") {
                    Some(Value::Array(items)) => Some(items),
                    _ => None,
                },
                _ => None,
            }
        }
    }
}

fn item(header: &[String], row: Vec<String>) -> Value {
    let values = row.into_iter().map(Value::String).chain(std::iter::repeat(Value::from("")));
    Value::Object(header.iter().cloned().zip(values).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use atlas_asl::model::ReaderConfig;
    use serde_json::json;

    use super::*;

    fn check(config: ReaderConfig, data: &str, expected: Option<Value>) {
        let reader = ItemReader { reader_config: Some(config), ..ItemReader::default() };
        assert_eq!(read(&reader, data).map(Value::from), expected, "{data}");
    }

    #[test]
    fn items_are_read_as_the_input_type_says() {
        let of = |input_type: &str| ReaderConfig {
            input_type: Some(input_type.to_owned()),
            ..ReaderConfig::default()
        };
        check(of("JSON"), "[1, 2]", Some(json!([1, 2])));
        check(of("JSON"), "1", None);
        check(of("JSON"), r#"{"Contents": [1]}"#, Some(json!([1])));
        let pointed = ReaderConfig { items_pointer: Some("/a/b".to_owned()), ..of("JSON") };
        check(pointed, r#"{"a": {"b": [3]}}"#, Some(json!([3])));
        check(of("JSONL"), "{\"n\":1}\n\n2\n", Some(json!([{"n": 1}, 2])));
        check(
            of("CSV"),
            "a,b\r\n1,\"x, \"\"y\"\"\n\"\n2\\,3\n",
            Some(json!([{"a": "1", "b": "x, \"y\"\n"}, {"a": "2,3", "b": ""}])),
        );
        let given = ReaderConfig {
            csv_headers: Some(vec!["h".to_owned()]),
            csv_delimiter: Some("PIPE".to_owned()),
            ..of("CSV")
        };
        check(given, "1|2", Some(json!([{"h": "1"}])));
    }
}
