//! The request of an HTTP Task: what the definition says and what the connection adds, merged.
//!
//! Recorded of AWS (2026-09) and documented in "Call HTTPS APIs in Step Functions workflows", Step Functions
//! Developer Guide.

use atlas_core::Failure;
use hyper::Method;
use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_json::{Map, Value};

use super::form::{ArrayFormat, encoded, text};
use crate::protocol::query::UNRESERVED;

/// What a connection adds to a request.
#[derive(Clone, Default)]
pub(super) struct Added {
    pub(super) headers: Vec<(String, String)>,
    pub(super) query: Vec<(String, String)>,
    pub(super) body: Vec<(String, String)>,
}

/// A request as it is sent.
pub(super) struct Composed {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
}

/// What a path carries as it is. A `%` is none of it: AWS encodes the endpoint that it is given, encoded
/// before or not.
const PATH: &AsciiSet = &UNRESERVED
    .remove(b'/')
    .remove(b':')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// What a query that is part of the endpoint carries as it is.
const QUERY: &AsciiSet = &PATH.remove(b'%').remove(b'?');

/// The request of these parameters, which have been found fit to start a task.
pub(super) fn compose(
    parameters: &Value,
    added: &Added,
    region: &str,
) -> Result<Composed, Failure> {
    let word = |field: &str| parameters[field].as_str().unwrap_or_default();
    let body = body(parameters, &added.body)?;
    let mut headers = headers(&parameters["Headers"], &added.headers);
    let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if body.is_some() && !has_type {
        headers.push(("Content-Type".into(), "application/json; charset=UTF-8".into()));
    }
    for (name, value) in [
        ("User-Agent", format!("Amazon|StepFunctions|HttpInvoke|{region}")),
        ("Range", "bytes=0-262144".to_owned()),
    ] {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.to_owned(), value));
    }
    Ok(Composed {
        method: word("Method").parse().unwrap_or(Method::GET),
        url: url(word("ApiEndpoint"), &parameters["QueryParameters"], &added.query),
        headers,
        body,
    })
}

/// The connection's parameters come last and replace those of the same name.
fn url(endpoint: &str, given: &Value, added: &[(String, String)]) -> String {
    let endpoint = endpoint.split('#').next().unwrap_or_default();
    let (place, query) = endpoint.split_once('?').map_or((endpoint, None), |(p, q)| (p, Some(q)));
    let authority = place.find("://").map_or(0, |at| at + "://".len());
    let (origin, path) = match place[authority..].find('/') {
        Some(at) => place.split_at(authority + at),
        None => (place, "/"),
    };
    let mut fields: Map<String, Value> = given.as_object().cloned().unwrap_or_default();
    for (name, value) in added {
        fields.shift_remove(name);
        fields.insert(name.clone(), value.as_str().into());
    }
    let own = query.map(|query| utf8_percent_encode(query, QUERY).to_string());
    let more = encoded(&fields, ArrayFormat::Repeat);
    let query: Vec<String> = own.into_iter().chain([more]).filter(|it| !it.is_empty()).collect();
    let mut url = format!("{origin}{}", utf8_percent_encode(path, PATH));
    if !query.is_empty() {
        url = format!("{url}?{}", query.join("&"));
    }
    url
}

/// A header of the connection replaces one that is spelled the same; others of its name follow it
/// (recorded: `x-shared` replaces `x-shared`, and `X-Shared` is sent beside it).
fn headers(given: &Value, added: &[(String, String)]) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    let mut behind = Vec::new();
    for (name, value) in given.as_object().into_iter().flatten() {
        if added.iter().any(|(known, _)| known == name) {
            continue;
        }
        let is_added = added.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
        let list = if is_added { &mut behind } else { &mut headers };
        match value {
            Value::Array(values) => {
                list.extend(values.iter().map(|value| (name.clone(), text(value))));
            }
            value => list.push((name.clone(), text(value))),
        }
    }
    headers.extend_from_slice(added);
    headers.extend(behind);
    headers
}

fn body(parameters: &Value, added: &[(String, String)]) -> Result<Option<String>, Failure> {
    let merged = match (parameters.get("RequestBody"), added) {
        (None, []) => return Ok(None),
        (Some(body), []) => body.clone(),
        (None, added) => Value::Object(with(Map::new(), added)),
        (Some(Value::Object(body)), added) => Value::Object(with(body.clone(), added)),
        (Some(_), _) => {
            return Err(Failure {
                error: Some("States.Runtime".to_owned()),
                cause: Some(
                    "Cannot merge connection body authorization parameters with request body."
                        .to_owned(),
                ),
            });
        }
    };
    let transform = &parameters["Transform"];
    Ok(Some(match (&merged, transform["RequestBodyEncoding"].as_str()) {
        (Value::Object(fields), Some("URL_ENCODED")) => {
            let format = match transform["RequestEncodingOptions"]["ArrayFormat"].as_str() {
                Some("REPEAT") => ArrayFormat::Repeat,
                Some("COMMAS") => ArrayFormat::Commas,
                Some("BRACKETS") => ArrayFormat::Brackets,
                _ => ArrayFormat::Indices,
            };
            encoded(fields, format)
        }
        (Value::String(text), _) => text.clone(),
        (body, _) => body.to_string(),
    }))
}

fn with(mut body: Map<String, Value>, added: &[(String, String)]) -> Map<String, Value> {
    for (name, value) in added {
        body.insert(name.clone(), value.as_str().into());
    }
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    /// Method, URL, headers and body, a line each.
    fn composed(parameters: Value, added: &Added) -> Vec<String> {
        let mut all = json!({ "ApiEndpoint": "https://h/p", "Method": "POST" });
        all.as_object_mut().unwrap().extend(parameters.as_object().unwrap().clone());
        let Composed { method, url, headers, body } = compose(&all, added, "us-west-2").unwrap();
        let headers = headers.into_iter().map(|(name, value)| format!("{name}: {value}"));
        [format!("{method} {url}")].into_iter().chain(headers).chain(body).collect()
    }

    const OURS: [&str; 2] =
        ["User-Agent: Amazon|StepFunctions|HttpInvoke|us-west-2", "Range: bytes=0-262144"];

    /// Recorded of AWS (2026-09): "basic-merge-json".
    #[test]
    fn what_the_connection_adds_replaces_what_the_definition_says() {
        let added = Added {
            headers: pairs(&[("x-shared", "connection-header")]),
            query: pairs(&[("shared", "connection query"), ("connectionOnly", "query-only")]),
            body: pairs(&[("shared", "connection-body"), ("connectionOnly", "body-only")]),
        };
        let parameters = json!({
            "Headers": { "X-Shared": "task-case-header", "x-shared": "task-header",
                "x-task-only": "task-only", "content-type": "application/json" },
            "QueryParameters": { "shared": "task query", "taskOnly": "a+b & c" },
            "RequestBody": { "shared": { "nested": "task-body" }, "taskOnly": [1, "two"] },
            "Transform": { "RequestBodyEncoding": "NONE" },
        });
        assert_eq!(
            composed(parameters, &added),
            [
                "POST https://h/p?taskOnly=a%2Bb%20%26%20c&shared=connection%20query\
                 &connectionOnly=query-only",
                "x-task-only: task-only",
                "content-type: application/json",
                "x-shared: connection-header",
                "X-Shared: task-case-header",
                OURS[0],
                OURS[1],
                r#"{"shared":"connection-body","taskOnly":[1,"two"],"connectionOnly":"body-only"}"#,
            ]
        );
    }

    #[test]
    fn a_request_says_no_more_than_it_must() {
        let none = Added::default();
        let json_type = "Content-Type: application/json; charset=UTF-8";
        for (parameters, expected) in [
            (json!({ "Method": "GET" }), vec!["GET https://h/p", OURS[0], OURS[1]]),
            (
                // Recorded: a GET has the body that it is given.
                json!({ "Method": "GET", "RequestBody": {}, "ApiEndpoint": "https://h?a=b c#d" }),
                vec!["GET https://h/?a=b%20c", json_type, OURS[0], OURS[1], "{}"],
            ),
            (
                json!({ "RequestBody": "as it is", "ApiEndpoint": "https://h/a b/%40?x=%40",
                    "QueryParameters": { "x": ["1", 2] },
                    "Headers": { "content-type": "text/plain", "Accept": ["a", "b"], "range": "x" } }),
                vec![
                    "POST https://h/a%20b/%2540?x=%40&x=1&x=2",
                    "content-type: text/plain",
                    "Accept: a",
                    "Accept: b",
                    OURS[0],
                    OURS[1],
                    "as it is",
                ],
            ),
            (
                json!({ "RequestBody": { "a": [1] },
                    "Transform": { "RequestBodyEncoding": "URL_ENCODED" } }),
                vec!["POST https://h/p", json_type, OURS[0], OURS[1], "a%5B0%5D=1"],
            ),
        ] {
            assert_eq!(composed(parameters.clone(), &none), expected, "{parameters}");
        }
    }

    #[test]
    fn a_text_cannot_take_what_the_connection_adds_to_a_body() {
        let added = Added { body: pairs(&[("k", "v")]), ..Added::default() };
        let parameters =
            json!({ "ApiEndpoint": "https://h", "Method": "PUT", "RequestBody": "text" });
        let failure = compose(&parameters, &added, "r").err().unwrap();
        assert_eq!(failure.error.as_deref(), Some("States.Runtime"));
    }
}
