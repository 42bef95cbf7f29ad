//! Which service and operation a request is for: services are told apart by `X-Amz-Target` and path, so that
//! one base URL serves all.

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    http::{HeaderMap, Method, Uri},
};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    api_model,
    aws::{self, Refusal},
    dynamodb,
    reply::Reply,
    salesforce,
    service::Service,
    sts,
};

/// A request, and what it asks for.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) service: Service,
    pub(crate) operation: String,
    /// The decoded parts of the path.
    pub(crate) path: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Finds the service and the operation; a request that nobody serves has its answer at once.
pub(crate) fn route(
    method: &Method,
    uri: &Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Call, Reply> {
    let path: Vec<String> = uri.path().split('/').skip(1).map(decode).collect();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let (service, operation) =
        match headers.get("x-amz-target").and_then(|target| target.to_str().ok()) {
            Some(target) => by_target(target)?,
            None => match (method.as_str(), &parts[..]) {
                ("POST", ["model", _, "converse"]) => (Service::Bedrock, "Converse"),
                ("PUT", ["contact", "outbound-voice"]) => {
                    (Service::Connect, "StartOutboundVoiceContact")
                }
                ("POST", ["contact", "stop"]) => (Service::Connect, "StopContact"),
                ("GET", ["contacts", _, _]) => (Service::Connect, "DescribeContact"),
                ("GET", ["instance", _]) => (Service::Connect, "DescribeInstance"),
                ("GET", ["contact-flows", _, _]) => (Service::Connect, "DescribeContactFlow"),
                ("GET", ["queues", _, _]) => (Service::Connect, "DescribeQueue"),
                ("POST", ["phone-number", "list"]) => (Service::Connect, "ListPhoneNumbersV2"),
                ("POST", [""]) => sts::operation(&body)?,
                (method, ["services", rest @ ..]) => {
                    (Service::Salesforce, salesforce::operation(method, rest)?)
                }
                _ => return Err(Reply::text(404, "no service of the sandbox answers this path\n")),
            },
        };
    let operation = operation.to_owned();
    let query = form(uri.query().unwrap_or_default());
    Ok(Call { service, operation, path, query, headers, body })
}

fn by_target(target: &str) -> Result<(Service, &str), Reply> {
    let (prefix, operation) = target.split_once('.').unwrap_or((target, ""));
    let service = match prefix {
        "secretsmanager" => Service::SecretsManager,
        "DynamoDB_20120810" => Service::DynamoDb,
        "AmazonSQS" => Service::Sqs,
        "ServiceQuotasV20190624" => Service::ServiceQuotas,
        "AWSEvents" => Service::EventBridge,
        _ => {
            let body = serde_json::json!({ "__type": "UnknownOperationException" });
            return Err(Reply::json(404, &body));
        }
    };
    if api_model::of(service).is_some_and(|model| model.has(operation)) {
        return Ok((service, operation));
    }
    let message = format!("the sandbox does not play `{operation}`");
    Err(aws::reply(service, Err(Refusal::new(400, "UnknownOperationException", message))))
}

/// Reads `a=b&c=d`, as queries and forms are written.
pub(crate) fn form(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(&name.replace('+', " ")), decode(&value.replace('+', " "))))
        .collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Call {
    /// What the call is about: calls about the same thing share their faults' dice. It must not depend on the
    /// order of fields, which some SDKs shuffle. `key_names` gives the key attributes of a table.
    pub(crate) fn subject(&self, key_names: impl FnMut(&str) -> Vec<String>) -> String {
        if self.service == Service::Salesforce {
            return match self.operation.as_str() {
                "login" => String::new(),
                "composite" | "createLead" => digest(&self.body),
                _ => self.path.join("/"),
            };
        }
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        let field = |name: &str| body.get(name).map(ToString::to_string).unwrap_or_default();
        match self.service {
            Service::Connect if !field("ClientToken").is_empty() => field("ClientToken"),
            Service::Connect => format!("{} {}", self.path.join("/"), field("ContactId")),
            Service::SecretsManager => field("SecretId"),
            Service::Sqs => field("QueueUrl"),
            Service::DynamoDb => dynamodb::subject(&body, key_names),
            _ => canonical(&body),
        }
    }
}

/// The JSON text of a value with the fields of objects in order.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<_, _> = fields.iter().collect();
            let parts: Vec<String> = sorted
                .into_iter()
                .map(|(name, value)| format!("{name:?}:{}", canonical(value)))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(values) => {
            let parts: Vec<String> = values.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        other => other.to_string(),
    }
}

fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
