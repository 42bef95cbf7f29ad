//! Names and values as a URL's query and a form's body carry them.

use percent_encoding::utf8_percent_encode;
use serde_json::Value;

use crate::protocol::query::UNRESERVED;

/// How a list is written: `RequestEncodingOptions.ArrayFormat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArrayFormat {
    /// `a[0]=x&a[1]=y`
    Indices,
    /// `a=x&a=y`
    Repeat,
    /// `a=x,y`
    Commas,
    /// `a[]=x&a[]=y`
    Brackets,
}

/// `name=value` for each value, joined by `&`. Recorded: a space is `%20`, and brackets and commas are
/// encoded too.
pub(super) fn encoded<'a>(
    fields: impl IntoIterator<Item = (&'a String, &'a Value)>,
    format: ArrayFormat,
) -> String {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        collect(name.clone(), value, format, &mut pairs);
    }
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn collect(name: String, value: &Value, format: ArrayFormat, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                collect(format!("{name}[{key}]"), value, format, pairs);
            }
        }
        Value::Array(items) if format == ArrayFormat::Commas => {
            let items: Vec<String> = items.iter().map(text).collect();
            pairs.push((name, items.join(",")));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let name = match format {
                    ArrayFormat::Indices => format!("{name}[{index}]"),
                    ArrayFormat::Brackets => format!("{name}[]"),
                    ArrayFormat::Repeat | ArrayFormat::Commas => name.clone(),
                };
                collect(name, item, format, pairs);
            }
        }
        scalar => pairs.push((name, text(scalar))),
    }
}

/// A text as it is, nothing for `null`, any other value as JSON.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Recorded of AWS (2026-09), but for `null`.
    #[test]
    fn lists_are_written_in_each_way() {
        let body = json!({ "items": ["red green", "blue+gold"], "nested": { "on": true, "n": 2 },
            "none": null });
        for (format, items) in [
            (ArrayFormat::Indices, "items%5B0%5D=red%20green&items%5B1%5D=blue%2Bgold"),
            (ArrayFormat::Repeat, "items=red%20green&items=blue%2Bgold"),
            (ArrayFormat::Commas, "items=red%20green%2Cblue%2Bgold"),
            (ArrayFormat::Brackets, "items%5B%5D=red%20green&items%5B%5D=blue%2Bgold"),
        ] {
            let expected = format!("{items}&nested%5Bon%5D=true&nested%5Bn%5D=2&none=");
            assert_eq!(encoded(body.as_object().unwrap(), format), expected);
        }
    }
}
