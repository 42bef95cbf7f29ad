//! `lambda:invoke`, and a function by its bare ARN, at a Lambda endpoint.

use atlas_core::{Failure, Payload};
use hyper::Method;
use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value};

use super::exchange::result;
use crate::{
    failure::{Exceptions, Naming, Sdk, refused},
    protocol::{aws_json, query::UNRESERVED},
    services::{Call, Parts, Service},
    transport::{Answer, Wait},
};

const LAMBDA: Service<'static> = Service {
    id: "Lambda",
    signing_name: "lambda",
    naming: Naming {
        sdk: Sdk::One,
        prefix: "Lambda",
        service: "AWSLambda",
        exceptions: Exceptions::Listed {
            general: "AWSLambdaException",
            own: &[
                "DurableExecutionAlreadyStartedException",
                "EC2AccessDeniedException",
                "EC2ThrottledException",
                "EC2UnexpectedException",
                "EFSIOException",
                "EFSMountConnectivityException",
                "EFSMountFailureException",
                "EFSMountTimeoutException",
                "ENILimitReachedException",
                "InvalidParameterValueException",
                "InvalidRequestContentException",
                "InvalidRuntimeException",
                "InvalidSecurityGroupIDException",
                "InvalidSubnetIDException",
                "InvalidZipFileException",
                "KMSAccessDeniedException",
                "KMSDisabledException",
                "KMSInvalidStateException",
                "KMSNotFoundException",
                "NoPublishedVersionException",
                "RecursiveInvocationException",
                "RequestTooLargeException",
                "ResourceConflictException",
                "ResourceNotFoundException",
                "ResourceNotReadyException",
                "S3FilesMountConnectivityException",
                "S3FilesMountFailureException",
                "S3FilesMountTimeoutException",
                "SerializedRequestEntityTooLargeException",
                "ServiceException",
                "SnapStartException",
                "SnapStartNotReadyException",
                "SnapStartTimeoutException",
                "SubnetIPAddressLimitReachedException",
                "TooManyRequestsException",
                "UnsupportedMediaTypeException",
            ],
        },
    },
};

/// `lambda:invoke`: the result tells of the invocation, with the function's answer in `Payload`.
pub(crate) async fn invoke(cx: &Call<'_>) -> Result<Payload, Failure> {
    let parameters = cx.parameters();
    let text = |field: &str| parameters.get(field).and_then(Value::as_str);
    let mut path = path_of(text("FunctionName").unwrap_or_default());
    if let Some(qualifier) = text("Qualifier") {
        path = format!("{path}?Qualifier={}", utf8_percent_encode(qualifier, UNRESERVED));
    }
    let body = match parameters.get("Payload") {
        // Recorded (no_such_function): `null` is sent as nothing is, as the empty object.
        None | Some(Value::Null) => "{}".to_owned(),
        // Recorded (invoke_bytes_payload): a text is the body as it stands.
        Some(Value::String(body)) => body.clone(),
        Some(payload) => payload.to_string(),
    };
    let mut headers = Vec::new();
    for (field, header) in [
        ("InvocationType", "x-amz-invocation-type"),
        ("LogType", "x-amz-log-type"),
        ("ClientContext", "x-amz-client-context"),
    ] {
        headers.extend(text(field).map(|value| (header, value.to_owned())));
    }
    let answer = send(cx, path, headers, body).await?;
    let payload = payload_of(&answer);
    if is_function_error(&answer) {
        // Recorded: the optimised integration writes the function's error anew.
        let cause = payload.as_ref().map(Value::to_string);
        return Err(function_failed(payload.as_ref(), cause.unwrap_or_default()));
    }
    let mut fields = Map::new();
    let version = answer.header("x-amz-executed-version").unwrap_or("$LATEST");
    fields.insert("ExecutedVersion".into(), version.into());
    if let Some(log) = answer.header("x-amz-log-result") {
        fields.insert("LogResult".into(), log.into());
    }
    fields.extend(payload.map(|payload| ("Payload".to_owned(), payload)));
    fields.insert("StatusCode".into(), answer.status.into());
    Ok(result(fields, &answer))
}

/// A function by its ARN: the result is the function's answer.
pub(crate) async fn call_function(cx: &Call<'_>, arn: &str) -> Result<Payload, Failure> {
    let body = cx.request.parameters.text().to_owned();
    let answer = send(cx, path_of(arn), Vec::new(), body).await?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    if is_function_error(&answer) {
        return Err(function_failed(payload_of(&answer).as_ref(), text));
    }
    Ok(match Payload::parse(&*text) {
        Ok(payload) => payload,
        Err(_) => Payload::from(payload_of(&answer).unwrap_or_default()),
    })
}

async fn send(
    cx: &Call<'_>,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
) -> Result<Answer, Failure> {
    let mut parts = Parts { method: Method::POST, path, headers, body: body.into_bytes() };
    parts.headers.push(("content-type", "application/json".to_owned()));
    let answer = cx.send(&LAMBDA, parts, Wait::Function).await?;
    if answer.is_success() {
        return Ok(answer);
    }
    Err(refused(&LAMBDA.naming, &aws_json::refusal(&answer)))
}

fn path_of(function: &str) -> String {
    format!("/2015-03-31/functions/{}/invocations", utf8_percent_encode(function, UNRESERVED))
}

fn is_function_error(answer: &Answer) -> bool {
    answer.header("x-amz-function-error").is_some()
}

/// JSON, or else the text itself; nothing where the function was not waited for.
fn payload_of(answer: &Answer) -> Option<Value> {
    if answer.body.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(&answer.body);
    Some(serde_json::from_str(&text).unwrap_or_else(|_| text.as_ref().into()))
}

/// A function that failed: the error is what it calls itself.
fn function_failed(payload: Option<&Value>, cause: String) -> Failure {
    match payload.and_then(|payload| payload.get("errorType")).and_then(Value::as_str) {
        Some(error) => Failure { error: Some(error.to_owned()), cause: Some(cause) },
        // An exit or a timeout of old ("Lambda.Unknown", Error handling, Step Functions Developer
        // Guide).
        None => Failure {
            error: Some("Lambda.Unknown".to_owned()),
            cause: Some(format!(
                "The cause could not be determined because Lambda did not return an error type. \
                 Returned payload: {cause}"
            )),
        },
    }
}
