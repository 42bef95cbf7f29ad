//! `apigateway:invoke`: calls an API of API Gateway by its host, stage and path.
//!
//! "Create API Gateway REST APIs with Step Functions", Step Functions Developer Guide. The endpoint is asked
//! under the API's own host name, by which local services tell APIs apart; what is on loopback is asked
//! itself.

use std::{borrow::Cow, time::SystemTime};

use atlas_asl::endpoint_task::is_loopback;
use atlas_core::{Failure, Payload};
use hyper::{Method, Uri};
use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_json::Value;

use super::{
    answer::result,
    form::{ArrayFormat, encoded, text},
};
use crate::{
    failure::reason,
    protocol::query::UNRESERVED,
    services::Call,
    signing::add_signature,
    transport::{NoAnswer, Request},
};

/// What a stage and a path carry as they are: what the definition has encoded, too.
const PATH: &AsciiSet = &UNRESERVED
    .remove(b'/')
    .remove(b'%')
    .remove(b'$')
    .remove(b'+')
    .remove(b',')
    .remove(b':')
    .remove(b'@')
    .remove(b'=')
    .remove(b'&')
    .remove(b';');

pub(crate) async fn invoke(cx: &Call<'_>) -> Result<Payload, Failure> {
    let parameters = cx.parameters();
    let word = |field: &str| parameters[field].as_str().unwrap_or_default();
    let api = word("ApiEndpoint");
    let path = path(word("Stage"), word("Path"), &parameters["QueryParameters"]);
    let (url, host) = reached(cx, api, &path)?;
    let mut headers: Vec<(Cow<'static, str>, String)> = Vec::new();
    headers.extend(host.map(|host| ("host".into(), host)));
    for (name, value) in parameters["Headers"].as_object().into_iter().flatten() {
        match value {
            Value::Array(values) => {
                headers.extend(values.iter().map(|value| (name.clone().into(), text(value))));
            }
            value => headers.push((name.clone().into(), text(value))),
        }
    }
    let method: Method = word("Method").parse().unwrap_or(Method::GET);
    let body = body(parameters, &method);
    let has_type = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    if body.is_some() && !has_type {
        headers.push(("content-type".into(), "application/json".to_owned()));
    }
    let body = body.unwrap_or_default().into_bytes();
    let mut request = Request { method, url, headers, body };
    // Both are signed; who may call, the API's policies say.
    if matches!(word("AuthType"), "IAM_ROLE" | "RESOURCE_POLICY") {
        add_signature(&mut request, &cx.scope("execute-api"), SystemTime::now())
            .map_err(|_| unsendable(cx))?;
    }
    let answer = cx.exchange(request).await.map_err(|why| {
        let exception = match why {
            NoAnswer::TimedOut => "SocketTimeoutException",
            NoAnswer::NotConnected => "HttpHostConnectException",
            NoAnswer::NotSendable | NoAnswer::NoCertificates | NoAnswer::TooLong => {
                "ClientException"
            }
            NoAnswer::BrokenOff => "NoHttpResponseException",
        };
        failed(exception, reason(why, api))
    })?;
    let body = String::from_utf8_lossy(&answer.body);
    if answer.is_success() {
        return Ok(Payload::from(result(&answer, &body)));
    }
    Err(failed(&answer.status.to_string(), body.into_owned()))
}

/// Where a request goes, and the host that it is for where that is another.
fn reached(cx: &Call<'_>, api: &str, path: &str) -> Result<(Uri, Option<String>), Failure> {
    let host = api.rsplit_once(':').map_or(api, |(host, _)| host);
    if is_loopback(host) || is_loopback(api) {
        let url = format!("http://{api}{path}").parse().map_err(|_| unsendable(cx))?;
        return Ok((url, None));
    }
    let endpoint = cx.endpoint_of(&["Execute API", "API Gateway"])?;
    Ok((endpoint.at(path).map_err(|_| unsendable(cx))?, Some(api.to_owned())))
}

fn path(stage: &str, path: &str, query: &Value) -> String {
    let mut whole = String::new();
    for part in [stage, path].map(|part| part.trim_start_matches('/')) {
        if !part.is_empty() {
            whole = format!("{}/{}", whole.trim_end_matches('/'), utf8_percent_encode(part, PATH));
        }
    }
    if whole.is_empty() {
        whole.push('/');
    }
    match encoded(query.as_object().into_iter().flatten(), ArrayFormat::Repeat) {
        query if query.is_empty() => whole,
        query => format!("{whole}?{query}"),
    }
}

/// Only what can change something has a body; `null` is left out of it unless it is asked for.
fn body(parameters: &Value, method: &Method) -> Option<String> {
    if !matches!(*method, Method::PATCH | Method::POST | Method::PUT) {
        return None;
    }
    let mut body = parameters.get("RequestBody")?.clone();
    if parameters["AllowNullValues"] != true {
        leave_out_nulls(&mut body);
    }
    Some(match body {
        Value::String(text) => text,
        body => body.to_string(),
    })
}

fn leave_out_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(leave_out_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn unsendable(cx: &Call<'_>) -> Failure {
    cx.runtime("and its host, its path or its headers hold what HTTP cannot carry".to_owned())
}

fn failed(error: &str, cause: String) -> Failure {
    Failure { error: Some(format!("ApiGateway.{error}")), cause: Some(cause) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_is_joined_of_stage_and_path() {
        for (stage, rest, query, expected) in [
            (
                "prod",
                "bills",
                json!({ "billId": ["1", "2"], "a b": "c" }),
                "/prod/bills?billId=1&billId=2&a%20b=c",
            ),
            ("", "/approval", json!({}), "/approval"),
            ("prod/", "/a/%20 b/", Value::Null, "/prod/a/%20%20b/"),
            ("", "", Value::Null, "/"),
        ] {
            assert_eq!(path(stage, rest, &query), expected);
        }
    }

    #[test]
    fn null_is_sent_where_it_is_asked_for() {
        let given =
            json!({ "NewPet": { "price": 1, "category": null }, "list": [{ "a": null }, null] });
        let of = |allowed: Value, method| {
            body(&json!({ "RequestBody": given, "AllowNullValues": allowed }), &method)
        };
        let left_out = r#"{"NewPet":{"price":1},"list":[{},null]}"#;
        assert_eq!(of(Value::Null, Method::POST).as_deref(), Some(left_out));
        assert_eq!(of(json!(true), Method::PUT), Some(given.to_string()));
        assert_eq!(of(json!(true), Method::GET), None);
        let text = json!({ "RequestBody": "as it is" });
        assert_eq!(body(&text, &Method::PATCH).as_deref(), Some("as it is"));
    }
}
