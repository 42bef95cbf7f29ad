//! `POST /composite`: up to 25 requests in one, which may refer to the answers before them.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{Told, leads, operation};
use crate::{route, world::World};

const MOST_REQUESTS: usize = 25;

pub(super) fn run(org: &mut leads::Org, world: &World, path: &[String], body: &[u8]) -> Told {
    let body = match leads::read_body(body) {
        Ok(body) => body,
        Err(told) => return told,
    };
    let Some(requests) =
        body["compositeRequest"].as_array().filter(|requests| !requests.is_empty())
    else {
        return Told::error(400, "JSON_PARSER_ERROR", "compositeRequest is required");
    };
    if requests.len() > MOST_REQUESTS {
        let message =
            format!("The Composite API request can contain at most {MOST_REQUESTS} subrequests.");
        return Told::error(400, "LIMIT_EXCEEDED", message);
    }
    let mut references: BTreeMap<String, Value> = BTreeMap::new();
    for request in requests {
        let reference = request["referenceId"].as_str().unwrap_or_default();
        let named = reference.starts_with(|c: char| c.is_ascii_alphabetic())
            && reference.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !named || references.insert(reference.to_owned(), Value::Null).is_some() {
            let message = format!("Invalid or repeated reference ID: {reference}");
            return Told::error(400, "INVALID_INPUT", message);
        }
    }
    let all_or_none = body["allOrNone"].as_bool().unwrap_or(false);
    org.begin();
    let mut answers = Vec::new();
    for request in requests {
        let told = one(org, world, path, request, &references);
        let reference = request["referenceId"].as_str().unwrap_or_default();
        references.insert(reference.to_owned(), told.body.clone().unwrap_or_default());
        answers.push((reference, told));
        if all_or_none && answers.last().is_some_and(|(_, told)| told.status >= 300) {
            break;
        }
    }
    let failed = answers.iter().position(|(_, told)| told.status >= 300).filter(|_| all_or_none);
    if let Some(failed) = failed {
        org.roll_back();
        let ids =
            requests.iter().map(|request| request["referenceId"].as_str().unwrap_or_default());
        let mut told = answers.swap_remove(failed).1;
        let halted = "The transaction was rolled back since another operation in the same transaction failed.";
        answers = ids
            .enumerate()
            .map(|(index, id)| {
                let halted = Told::error(400, "PROCESSING_HALTED", halted);
                (
                    id,
                    if index == failed {
                        std::mem::replace(&mut told, Told::empty(400))
                    } else {
                        halted
                    },
                )
            })
            .collect();
    }
    let answers: Vec<Value> = answers
        .into_iter()
        .map(|(reference, told)| {
            let headers =
                told.location.map_or(json!({}), |location| json!({ "Location": location }));
            json!({
                "body": told.body,
                "httpHeaders": headers,
                "httpStatusCode": told.status,
                "referenceId": reference,
            })
        })
        .collect();
    Told::body(200, json!({ "compositeResponse": answers }))
}

fn one(
    org: &mut leads::Org,
    world: &World,
    path: &[String],
    request: &Value,
    references: &BTreeMap<String, Value>,
) -> Told {
    let resolved =
        resolve(request["url"].as_str().unwrap_or_default(), references).and_then(|url| {
            let body = request
                .get("body")
                .map_or(Ok(Value::Null), |body| resolve_all(body, references))?;
            Ok((url, body))
        });
    let (url, body) = match resolved {
        Ok(resolved) => resolved,
        Err(message) => return Told::error(400, "PROCESSING_HALTED", message),
    };
    let (url, query) = url.split_once('?').unwrap_or((&url, ""));
    let query = route::form(query);
    let parts: Vec<String> = url
        .split('/')
        .skip(1)
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let same_version = parts.get(2).copied() == path.get(2).map(String::as_str);
    let asked = match parts[..] {
        ["services", ref rest @ ..] if same_version => {
            operation(request["method"].as_str().unwrap_or_default(), rest).ok()
        }
        _ => None,
    };
    match asked {
        Some(asked) if asked != "login" && asked != "composite" => {
            let asked = leads::Asked {
                version: parts[2],
                operation: asked,
                path: &parts[4..],
                wanted: query.get("fields").map(String::as_str),
            };
            leads::perform(org, world, &asked, &body)
        }
        _ => Told::not_found(),
    }
}

/// Puts answers in for `@{reference.field}`.
fn resolve(text: &str, references: &BTreeMap<String, Value>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("@{") {
        let (name, tail) = after.split_once('}').ok_or("Invalid reference specified.")?;
        let mut steps = name.split('.');
        let first = references.get(steps.next().unwrap_or_default());
        let value = steps.fold(first, |value, step| value?.get(step));
        let Some(value) = value.filter(|value| !value.is_null()) else {
            return Err(format!("Invalid reference specified. No value for {name} found."));
        };
        out.push_str(before);
        out.push_str(&value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        rest = tail;
    }
    Ok(out + rest)
}

fn resolve_all(value: &Value, references: &BTreeMap<String, Value>) -> Result<Value, String> {
    match value {
        Value::String(text) => resolve(text, references).map(Value::String),
        Value::Array(values) => values.iter().map(|value| resolve_all(value, references)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| Ok((name.clone(), resolve_all(value, references)?)))
            .collect::<Result<_, String>>()
            .map(Value::Object),
        other => Ok(other.clone()),
    }
}
