//! What AWS services have in common on the wire: who signs, how a request is read and how one is refused.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::{
    api_model::{self, Misfit},
    reply::Reply,
    service::Service,
    sts,
};

/// The account that the sandbox plays, as the local Step Functions API has it.
pub(crate) const ACCOUNT: &str = "000000000000";
/// The Region that it plays.
pub(crate) const REGION: &str = "us-east-1";

/// A request that a service refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

/// What an operation answers: a body, or why not.
pub(crate) type Answer = Result<Value, Refusal>;

fn content_type(service: Service) -> &'static str {
    match service {
        Service::SecretsManager | Service::ServiceQuotas | Service::EventBridge => {
            "application/x-amz-json-1.1"
        }
        Service::Sts => "text/xml",
        Service::DynamoDb | Service::Sqs => "application/x-amz-json-1.0",
        _ => "application/json",
    }
}

/// Puts an answer into the form of the service's protocol.
pub(crate) fn reply(service: Service, answer: Answer) -> Reply {
    let request_id = uuid::Uuid::new_v4().to_string();
    let (status, body, refusal) = match answer {
        Ok(body) => (200, body, None),
        Err(refusal) => (refusal.status, error_body(service, &refusal), Some(refusal)),
    };
    let is_refused = refusal.is_some();
    let mut reply = Reply::empty(status)
        .with("content-type", content_type(service))
        .with("x-amzn-requestid", request_id);
    if let Some(refusal) = refusal {
        match service {
            Service::Connect | Service::Bedrock => {
                reply = reply.with("x-amzn-errortype", refusal.code)
            }
            Service::Sqs => {
                let code = match refusal.code {
                    "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue",
                    other => other,
                };
                reply = reply.with("x-amzn-query-error", format!("{code};Sender"));
            }
            _ => {}
        }
    }
    match service {
        Service::Sts => reply.bytes(sts::document(&body, is_refused)),
        _ => reply.bytes(body.to_string()),
    }
}

fn error_body(service: Service, refusal: &Refusal) -> Value {
    let Refusal { code, message, .. } = refusal;
    match service {
        Service::SecretsManager | Service::ServiceQuotas => {
            json!({ "__type": code, "Message": message })
        }
        Service::EventBridge => json!({ "__type": code, "message": message }),
        Service::Sts => json!({ "Code": code, "Message": message }),
        Service::Connect => json!({ "Message": message }),
        Service::Bedrock => json!({ "message": message }),
        Service::Sqs => {
            json!({ "__type": format!("com.amazonaws.sqs#{code}"), "message": message })
        }
        _ if *code == "SerializationException" => {
            json!({ "__type": format!("com.amazon.coral.service#{code}"), "Message": message })
        }
        _ => {
            json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message })
        }
    }
}

/// A signature must be there and be for this service and a Region; it is not computed again, because the
/// sandbox holds nobody's key.
pub(crate) fn check_signature(service: Service, headers: &HeaderMap) -> Result<(), Refusal> {
    let refuse = |status, code, message: String| Err(Refusal::new(status, code, message));
    let status = if matches!(service, Service::Connect | Service::Bedrock) { 403 } else { 400 };
    let Some(given) = headers.get("authorization").and_then(|value| value.to_str().ok()) else {
        return refuse(
            status,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token".to_owned(),
        );
    };
    let part = |name: &str| {
        given.split([' ', ',']).find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
    };
    let (Some(credential), Some(_), Some(signature)) =
        (part("Credential"), part("SignedHeaders"), part("Signature"))
    else {
        let message = "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.";
        return refuse(status, "IncompleteSignatureException", message.to_owned());
    };
    let scope: Vec<&str> = credential.split('/').collect();
    let name = service.name();
    match scope[..] {
        [_, _, _, signed, "aws4_request"]
            if given.starts_with("AWS4-HMAC-SHA256 ")
                && signed == name
                && !signature.is_empty() =>
        {
            Ok(())
        }
        _ => refuse(
            status,
            "InvalidSignatureException",
            format!("Credential should be scoped to correct service: '{name}'."),
        ),
    }
}

/// Reads a body and holds it to the API model.
pub(crate) fn read(service: Service, operation: &str, body: &[u8]) -> Answer {
    let serialization = |message: &str| match service {
        Service::Bedrock => Refusal::new(
            400,
            "ValidationException",
            format!(
                "Malformed input request: {message}, please reformat your input and try again."
            ),
        ),
        _ => Refusal::new(400, "SerializationException", message),
    };
    if service == Service::Sts {
        return sts::read(body);
    }
    let body = if body.is_empty() && service == Service::Connect { b"{}" } else { body };
    let body: Value =
        serde_json::from_slice(body).map_err(|_| serialization("the body is not JSON"))?;
    let Some(model) = api_model::of(service) else { return Ok(body) };
    let misfits = model.input_misfits(operation, &body);
    for misfit in &misfits {
        match misfit {
            Misfit::Unknown { field, within } => {
                return Err(serialization(&format!(
                    "#/{}: extraneous key [{field}] is not permitted",
                    within.replace('.', "/")
                )));
            }
            Misfit::Type { path, expected } => {
                return Err(serialization(&format!("`{path}` must be {expected}")));
            }
            Misfit::Missing { .. } | Misfit::Constraint { .. } => {}
        }
    }
    // DynamoDB words its limits in many ways of its own, and the emulator knows them.
    if misfits.is_empty() || service == Service::DynamoDb {
        return Ok(body);
    }
    let told: Vec<String> = misfits
        .iter()
        .map(|misfit| match misfit {
            Misfit::Constraint { path, value, constraint } => {
                format!("Value '{value}' at '{path}' failed to satisfy constraint: {constraint}")
            }
            Misfit::Missing { path }
            | Misfit::Type { path, .. }
            | Misfit::Unknown { within: path, .. } => {
                format!(
                    "Value null at '{path}' failed to satisfy constraint: Member must not be null"
                )
            }
        })
        .collect();
    let plural = if told.len() == 1 { "" } else { "s" };
    let message = format!("{} validation error{plural} detected: {}", told.len(), told.join("; "));
    let code = match service {
        Service::Connect => "InvalidParameterException",
        Service::Sqs => "InvalidParameterValue",
        _ => "ValidationException",
    };
    Err(Refusal::new(400, code, message))
}

/// How the service says "too fast".
pub(crate) fn throttled(service: Service, operation: &str) -> Refusal {
    match service {
        Service::Bedrock => Refusal::new(
            429,
            "ThrottlingException",
            "Too many requests, please wait before trying again.",
        ),
        Service::Connect if operation == "StartOutboundVoiceContact" => {
            Refusal::new(429, "LimitExceededException", "Rate exceeded")
        }
        Service::Connect => Refusal::new(429, "ThrottlingException", "Rate exceeded"),
        Service::Sqs => Refusal::new(400, "RequestThrottled", "Rate exceeded"),
        Service::DynamoDb => Refusal::new(
            400,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded. Consider increasing \
             your provisioning level with the UpdateTable API.",
        ),
        _ => Refusal::new(400, "ThrottlingException", "Rate exceeded"),
    }
}

/// What the service answers with this status when it fails.
pub(crate) fn failed(service: Service, operation: &str, status: u16) -> Refusal {
    let code = match (service, status) {
        (Service::Bedrock | Service::Connect, 429) => return throttled(service, operation),
        (Service::Bedrock, 503) => "ServiceUnavailableException",
        (Service::Bedrock, 500) => "InternalServerException",
        (Service::Bedrock, 424) => "ModelErrorException",
        (Service::Bedrock, 408) => "ModelTimeoutException",
        (Service::Bedrock | Service::Connect, 404) => "ResourceNotFoundException",
        (_, 403) => "AccessDeniedException",
        (Service::Connect, 500) => "InternalServiceException",
        (Service::SecretsManager, 500) => "InternalServiceError",
        (Service::DynamoDb, 500) => "InternalServerError",
        (_, 503) => "ServiceUnavailable",
        (_, 500..) => "InternalFailure",
        _ => "ValidationException",
    };
    // This protocol tells what the client did wrong by the code alone.
    let told = if service == Service::ServiceQuotas && status < 500 { 400 } else { status };
    Refusal::new(told, code, format!("the sandbox was told to answer {status}"))
}
