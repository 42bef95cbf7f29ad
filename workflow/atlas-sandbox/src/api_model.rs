//! The request and answer shapes that AWS publishes for its operations (`data/models`, made from botocore by
//! `data/extract_models.py`), and what does not fit them.
//!
//! Several real services overlook a field that they do not know. Here it is always refused: a field that
//! does nothing is a mistake of the client.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use serde::Deserialize;
use serde_json::Value;

use crate::service::Service;

/// The operations of a service and their shapes.
#[derive(Debug, Deserialize)]
pub(crate) struct ApiModel {
    operations: BTreeMap<String, Operation>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Deserialize)]
struct Operation {
    input: Option<String>,
    output: Option<String>,
    /// The errors that it may answer with, and their statuses where the protocol tells them apart by that.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests hold every error to it"))]
    errors: BTreeMap<String, Option<u16>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    required: BTreeSet<String>,
    #[serde(default)]
    members: BTreeMap<String, Member>,
    #[serde(rename = "enum", default)]
    words: Vec<String>,
    #[serde(default)]
    union: bool,
    #[serde(default)]
    document: bool,
    min: Option<f64>,
    max: Option<f64>,
    member: Option<String>,
    key: Option<String>,
    value: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    shape: String,
    location: Option<String>,
    location_name: Option<String>,
}

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// A field that the shape does not have, with the path of its parent.
    Unknown { field: String, within: String },
    /// Another JSON type.
    Type { path: String, expected: &'static str },
    /// A field that must be there.
    Missing { path: String },
    /// The right type, and a value out of its limits.
    Constraint { path: String, value: String, constraint: String },
}

macro_rules! models {
    ($($name:ident = $file:literal),*) => {
        $(static $name: LazyLock<ApiModel> = LazyLock::new(|| {
            serde_json::from_str(include_str!(concat!("../data/models/", $file)))
                .expect("the script writes what is read here, and a test reads all of it")
        });)*
    };
}

models! {
    BEDROCK = "bedrock-runtime.json",
    CONNECT = "connect.json",
    DYNAMODB = "dynamodb.json",
    SECRETS_MANAGER = "secretsmanager.json",
    SQS = "sqs.json",
    STS = "sts.json",
    SERVICE_QUOTAS = "service-quotas.json",
    EVENTS = "events.json"
}

/// The model of an AWS service.
pub(crate) fn of(service: Service) -> Option<&'static ApiModel> {
    match service {
        Service::Bedrock => Some(&BEDROCK),
        Service::Connect => Some(&CONNECT),
        Service::DynamoDb => Some(&DYNAMODB),
        Service::SecretsManager => Some(&SECRETS_MANAGER),
        Service::Sqs => Some(&SQS),
        Service::Sts => Some(&STS),
        Service::ServiceQuotas => Some(&SERVICE_QUOTAS),
        Service::EventBridge => Some(&EVENTS),
        Service::Salesforce | Service::ContactEvents => None,
    }
}

impl ApiModel {
    pub(crate) fn has(&self, operation: &str) -> bool {
        self.operations.contains_key(operation)
    }

    /// What of a request's body does not fit.
    pub(crate) fn input_misfits(&self, operation: &str, body: &Value) -> Vec<Misfit> {
        self.misfits(self.operations.get(operation).and_then(|o| o.input.as_deref()), body)
    }

    /// What of an answer's body does not fit.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests hold every answer to it"))]
    pub(crate) fn output_misfits(&self, operation: &str, body: &Value) -> Vec<Misfit> {
        self.misfits(self.operations.get(operation).and_then(|o| o.output.as_deref()), body)
    }

    /// The status of an error that the operation may answer with; none where it may not.
    #[cfg(test)]
    pub(crate) fn error_status(&self, operation: &str, code: &str) -> Option<Option<u16>> {
        self.operations.get(operation)?.errors.get(code).copied()
    }

    /// What of an error's body does not fit, beside the field that names the error.
    #[cfg(test)]
    pub(crate) fn error_misfits(&self, code: &str, body: &Value) -> Vec<Misfit> {
        self.misfits(Some(code), body)
    }

    fn misfits(&self, shape: Option<&str>, body: &Value) -> Vec<Misfit> {
        let mut out = Vec::new();
        match shape {
            Some(shape) => self.check(shape, "", body, &mut out),
            None => nothing_but_an_object(body, &mut out),
        }
        out
    }

    /// JSON that was read is at most 128 levels deep, and so is this recursion.
    fn check(&self, shape: &str, path: &str, value: &Value, out: &mut Vec<Misfit>) {
        let Some(shape) = self.shapes.get(shape) else { return };
        if shape.document {
            return;
        }
        let mut wrong = |expected| out.push(Misfit::Type { path: path.to_owned(), expected });
        match (shape.kind.as_str(), value) {
            ("structure", Value::Object(given)) => {
                for name in given.keys().filter(|name| shape.in_body(name).is_none()) {
                    out.push(Misfit::Unknown { field: name.clone(), within: path.to_owned() });
                }
                for (name, member) in shape.members.iter().filter(|(_, m)| m.location.is_none()) {
                    let path = join(path, name);
                    match given.get(member.location_name.as_deref().unwrap_or(name)) {
                        None | Some(Value::Null) if shape.required.contains(name) => {
                            out.push(Misfit::Missing { path });
                        }
                        None | Some(Value::Null) => {}
                        Some(value) => self.check(&member.shape, &path, value, out),
                    }
                }
                if shape.union && given.values().filter(|value| !value.is_null()).count() != 1 {
                    out.push(Misfit::Type {
                        path: path.to_owned(),
                        expected: "exactly one member of a union",
                    });
                }
            }
            ("structure", _) => wrong("an object"),
            ("list", Value::Array(given)) => {
                shape.limit(path, given.len(), "length", out);
                for (index, value) in given.iter().enumerate() {
                    let path = format!("{path}.{}.member", index + 1);
                    self.check(shape.member.as_deref().unwrap_or_default(), &path, value, out);
                }
            }
            ("list", _) => wrong("a list"),
            ("map", Value::Object(given)) => {
                shape.limit(path, given.len(), "length", out);
                for (name, value) in given {
                    let key = Value::String(name.clone());
                    self.check(shape.key.as_deref().unwrap_or_default(), path, &key, out);
                    let path = join(path, name);
                    self.check(shape.value.as_deref().unwrap_or_default(), &path, value, out);
                }
            }
            ("map", _) => wrong("a map"),
            ("string" | "blob" | "timestamp", Value::String(given))
                if shape.kind != "timestamp" =>
            {
                shape.limit(path, given.chars().count(), "length", out);
                if !shape.words.is_empty() && !shape.words.contains(given) {
                    let constraint =
                        format!("Member must satisfy enum value set: [{}]", shape.words.join(", "));
                    out.push(Misfit::Constraint {
                        path: path.to_owned(),
                        value: given.clone(),
                        constraint,
                    });
                }
            }
            ("string", _) => wrong("a string"),
            ("blob", _) => wrong("base64 text"),
            ("boolean", Value::Bool(_)) | ("timestamp", Value::Number(_)) => {}
            ("boolean", _) => wrong("a boolean"),
            ("timestamp", _) => wrong("seconds since 1970"),
            ("integer" | "long", Value::Number(given)) if given.is_i64() || given.is_u64() => {
                shape.limit_number(path, given, out);
            }
            ("integer" | "long", _) => wrong("a whole number"),
            ("float" | "double", Value::Number(given)) => shape.limit_number(path, given, out),
            ("float" | "double", _) => wrong("a number"),
            _ => wrong("another kind"),
        }
    }
}

impl Shape {
    /// The member that stands in a body under this name.
    fn in_body(&self, name: &str) -> Option<&Member> {
        self.members.iter().filter(|(_, member)| member.location.is_none()).find_map(
            |(own, member)| {
                (member.location_name.as_deref().unwrap_or(own) == name).then_some(member)
            },
        )
    }

    fn limit(&self, path: &str, length: usize, what: &str, out: &mut Vec<Misfit>) {
        #[expect(clippy::cast_precision_loss, reason = "lengths stay far below 2^53")]
        let found = length as f64;
        self.bounds(path, found, what, &format!("{length} long"), out);
    }

    fn limit_number(&self, path: &str, given: &serde_json::Number, out: &mut Vec<Misfit>) {
        self.bounds(path, given.as_f64().unwrap_or(f64::NAN), "value", &given.to_string(), out);
    }

    fn bounds(&self, path: &str, found: f64, what: &str, shown: &str, out: &mut Vec<Misfit>) {
        let mut refuse = |relation: &str, bound: f64| {
            out.push(Misfit::Constraint {
                path: path.to_owned(),
                value: shown.to_owned(),
                constraint: format!("Member must have {what} {relation} than or equal to {bound}"),
            });
        };
        match (self.min, self.max) {
            (Some(min), _) if found < min => refuse("greater", min),
            (_, Some(max)) if found > max => refuse("less", max),
            _ => {}
        }
    }
}

fn nothing_but_an_object(body: &Value, out: &mut Vec<Misfit>) {
    match body.as_object() {
        Some(given) => {
            for name in given.keys() {
                out.push(Misfit::Unknown { field: name.clone(), within: String::new() });
            }
        }
        None => out.push(Misfit::Type { path: String::new(), expected: "an object" }),
    }
}

/// AWS writes the path of a field with small initials.
fn join(path: &str, name: &str) -> String {
    let mut letters = name.chars();
    let name: String =
        letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect();
    if path.is_empty() { name } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_model_is_read_and_every_shape_is_there() {
        for model in Service::ALL.into_iter().filter_map(of) {
            for shape in model.shapes.values() {
                let inner = shape.members.values().map(|member| &member.shape);
                for name in inner.chain(&shape.member).chain(&shape.key).chain(&shape.value) {
                    assert!(model.shapes.contains_key(name), "{name}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_path() {
        for (service, operation, body, expected) in [
            (Service::SecretsManager, "GetSecretValue", json!({"SecretId": "a"}), ""),
            (
                Service::SecretsManager,
                "GetSecretValue",
                json!({}),
                r#"Missing { path: "secretId" }"#,
            ),
            (
                Service::SecretsManager,
                "GetSecretValue",
                json!({"SecretId": "a", "Secret": 1}),
                r#"Unknown { field: "Secret", within: "" }"#,
            ),
            (
                Service::SecretsManager,
                "GetSecretValue",
                json!({"SecretId": 1}),
                r#"Type { path: "secretId", expected: "a string" }"#,
            ),
            (
                Service::Bedrock,
                "Converse",
                json!({"inferenceConfig": {"maxTokens": 0}}),
                r#"Constraint { path: "inferenceConfig.maxTokens", value: "0", constraint: "Member must have value greater than or equal to 1" }"#,
            ),
            (
                Service::Connect,
                "StartOutboundVoiceContact",
                json!({"DestinationPhoneNumber": "+1", "ContactFlowId": "f", "InstanceId": "i", "TrafficType": "X"}),
                r#"Constraint { path: "trafficType", value: "X", constraint: "Member must satisfy enum value set: [GENERAL, CAMPAIGN]" }"#,
            ),
        ] {
            let misfits = of(service).unwrap().input_misfits(operation, &body);
            let shown: Vec<String> = misfits.iter().map(|misfit| format!("{misfit:?}")).collect();
            assert_eq!(shown.join("; "), expected, "{operation} {body}");
        }
    }
}
