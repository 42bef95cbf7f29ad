//! Between Step Functions' spelling of data and an API's: names of members, moments, bytes.

use atlas_asl::aws_services::{Kind, Members};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::{Value, json};

/// A request's parameters as the API takes them.
pub(crate) fn to_wire(parameters: &Value, members: &Members) -> Value {
    written(parameters, members, Kind::Other)
}

/// An answer as Step Functions shows it.
pub(crate) fn from_wire(answer: &Value, members: &Members) -> Value {
    read(answer, members, Kind::Other)
}

fn written(value: &Value, members: &Members, kind: Kind) -> Value {
    match (value, kind) {
        (_, Kind::Verbatim) | (Value::Null, _) => value.clone(),
        (Value::Array(items), kind) => {
            items.iter().map(|item| written(item, members, kind)).collect()
        }
        (Value::String(text), Kind::Moment) => seconds(text).unwrap_or_else(|| value.clone()),
        // Bytes are what a text is in UTF-8, or any other value as JSON.
        (Value::String(text), Kind::Blob) => STANDARD.encode(text).into(),
        (_, Kind::Blob) => STANDARD.encode(value.to_string()).into(),
        (Value::Object(fields), Kind::Map) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), written(value, members, Kind::Other)))
                .collect(),
        ),
        (Value::Object(fields), Kind::Other | Kind::Moment) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| {
                    (
                        members.to_wire(name).into_owned(),
                        written(value, members, members.kind(name)),
                    )
                })
                .collect(),
        ),
        (Value::Bool(_) | Value::Number(_) | Value::String(_), _) => value.clone(),
    }
}

fn read(value: &Value, members: &Members, kind: Kind) -> Value {
    match (value, kind) {
        (_, Kind::Verbatim) => value.clone(),
        (Value::Array(items), kind) => items.iter().map(|item| read(item, members, kind)).collect(),
        (Value::Number(seconds), Kind::Moment) => {
            seconds.as_f64().and_then(moment).map_or_else(|| value.clone(), Value::from)
        }
        (Value::String(bytes), Kind::Blob) => {
            // What is no text stays Base64.
            let text = STANDARD.decode(bytes).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            text.map_or_else(|| value.clone(), Value::from)
        }
        (Value::Object(fields), Kind::Map) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), read(value, members, Kind::Other)))
                .collect(),
        ),
        (Value::Object(fields), Kind::Other | Kind::Moment | Kind::Blob) => Value::Object(
            fields
                .iter()
                .map(|(wire, value)| {
                    let name = members.from_wire(wire);
                    let value = read(value, members, members.kind(&name));
                    (name.into_owned(), value)
                })
                .collect(),
        ),
        (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_), _) => value.clone(),
    }
}

fn seconds(text: &str) -> Option<Value> {
    let millis = text.parse::<Timestamp>().ok()?.as_millisecond();
    Some(if millis % 1000 == 0 { json!(millis / 1000) } else { json!(millis as f64 / 1000.0) })
}

/// As Java writes an instant: no fraction, or three digits of it.
fn moment(seconds: f64) -> Option<String> {
    let moment = Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()?;
    let form = if moment.subsec_nanosecond() == 0 { "%FT%TZ" } else { "%FT%T%.3fZ" };
    Some(moment.strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use atlas_asl::aws_services::{Known, find};

    use super::*;

    /// `shown` is what Step Functions shows, `wire` what the API takes and gives.
    fn check(service: &str, shown: &Value, wire: &Value) {
        let Some(Known::Service(service)) = find(service) else { panic!("{service}") };
        let members = service.members();
        assert_eq!(to_wire(shown, &members), *wire);
        assert_eq!(from_wire(wire, &members), *shown);
    }

    #[test]
    fn members_are_respelled_and_keys_of_the_user_are_not() {
        check(
            "dynamodb",
            &json!({
                "Item": { "Bool": { "Bool": true }, "tags": { "M": { "ss": { "Ss": ["a"] } } } },
                "ExpressionAttributeNames": { "#Bool": "Bool" },
            }),
            &json!({
                "Item": { "Bool": { "BOOL": true }, "tags": { "M": { "ss": { "SS": ["a"] } } } },
                "ExpressionAttributeNames": { "#Bool": "Bool" },
            }),
        );
        check(
            "ecs",
            &json!({ "Cluster": "c", "Overrides": { "ContainerOverrides": [{ "Name": "n" }] } }),
            &json!({ "cluster": "c", "overrides": { "containerOverrides": [{ "name": "n" }] } }),
        );
    }

    #[test]
    fn moments_are_texts_and_bytes_are_texts() {
        check(
            "sfn",
            &json!({ "StartDate": "2025-11-20T17:04:05.250Z", "StopDate": "2025-11-20T17:04:05Z" }),
            &json!({ "startDate": 1_763_658_245.25, "stopDate": 1_763_658_245 }),
        );
        check("kms", &json!({ "Plaintext": "text" }), &json!({ "Plaintext": "dGV4dA==" }));
        let Some(Known::Service(kms)) = find("kms") else { panic!() };
        let no_text = json!({ "CiphertextBlob": "/w==" });
        assert_eq!(from_wire(&no_text, &kms.members()), no_text);
        let Some(Known::Service(firehose)) = find("firehose") else { panic!() };
        let sent = to_wire(&json!({ "Record": { "Data": { "a": 1 } } }), &firehose.members());
        assert_eq!(sent, json!({ "Record": { "Data": "eyJhIjoxfQ==" } }));
    }
}
