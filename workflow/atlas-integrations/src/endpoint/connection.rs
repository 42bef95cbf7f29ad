//! The EventBridge connection of an HTTP Task: `DescribeConnection` says what it is, its secret in Secrets
//! Manager what it adds to a request.
//!
//! Errors begin with `Events.ConnectionResource.` ("Call HTTPS APIs in Step Functions workflows", Step
//! Functions Developer Guide). What a secret holds is in none of their causes.

use atlas_core::Failure;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{
    request::Added,
    token::{self, Client},
};
use crate::{
    failure::{Exceptions, Naming, Refusal, Sdk},
    protocol::aws_json,
    services::{Call, Service},
    transport::Wait,
};

const EVENTS: Service<'static> = service("EventBridge", "events");
const SECRETS: Service<'static> = service("Secrets Manager", "secretsmanager");

const fn service(id: &'static str, signing_name: &'static str) -> Service<'static> {
    let exceptions = Exceptions::Listed { own: &[], general: "InternalError" };
    let naming =
        Naming { sdk: Sdk::Two, prefix: "Events.ConnectionResource", service: id, exceptions };
    Service { id, signing_name, naming }
}

/// What the task's connection adds to its request, credentials included.
pub(super) async fn resolve(cx: &Call<'_>) -> Result<Added, Failure> {
    let arn = connection_arn(cx.parameters());
    let name = arn.split(':').nth(5).and_then(|resource| resource.split('/').nth(1));
    let Some(name) = name.filter(|_| arn.contains(":connection/")) else {
        return Err(failed("ResourceNotFound", format!("Connection '{arn}' does not exist.")));
    };
    let described =
        ask(cx, &EVENTS, "AWSEvents.DescribeConnection", &json!({ "Name": name })).await?;
    let connection = described.map_err(|refusal| match refusal.name.as_str() {
        "ResourceNotFoundException" => told("ResourceNotFound", &refusal),
        "AccessDeniedException" => told("AccessDenied", &refusal),
        _ => told("InternalError", &refusal),
    })?;
    let text = |field: &str| connection[field].as_str().unwrap_or_default();
    // A connection that was made anew under the name is another one.
    if text("ConnectionArn") != arn {
        return Err(failed("ResourceNotFound", format!("Connection '{arn}' does not exist.")));
    }
    match text("ConnectionState") {
        "AUTHORIZED" | "ACTIVE" => {}
        "AUTHORIZING" => {
            return Err(failed(
                "AuthInProgress",
                format!("Connection '{name}' is being authorized."),
            ));
        }
        state => {
            let cause = format!("Connection '{name}' is in the state {state}, not AUTHORIZED.");
            return Err(failed("InvalidConnectionState", cause));
        }
    }
    let secret = secret(cx, text("SecretArn")).await?;
    let mut added = parameters(&secret["invocationhttpparameters"]);
    let credentials = match text("AuthorizationType") {
        "BASIC" => Some(("Authorization".to_owned(), basic(&secret))),
        "API_KEY" => Some((field(&secret, "apikeyname"), field(&secret, "apikeyvalue"))),
        "OAUTH_CLIENT_CREDENTIALS" => {
            let token = token::ask(cx, &client(&secret)).await.map_err(|why| {
                failed("InvalidConnectionState", format!("Connection '{name}': {why}"))
            })?;
            Some(("Authorization".to_owned(), format!("Bearer {token}")))
        }
        _ => None,
    };
    added.headers.splice(0..0, credentials);
    Ok(added)
}

fn connection_arn(parameters: &Value) -> &str {
    let named = |field: &str| parameters[field]["ConnectionArn"].as_str();
    named("InvocationConfig").or_else(|| named("Authentication")).unwrap_or_default()
}

/// The secret with its names in small letters and without underscores: AWS writes `client_id`, others
/// otherwise.
async fn secret(cx: &Call<'_>, arn: &str) -> Result<Value, Failure> {
    let asked = json!({ "SecretId": arn });
    let answer = ask(cx, &SECRETS, "secretsmanager.GetSecretValue", &asked).await?;
    let answer = answer.map_err(|refusal| match refusal.name.as_str() {
        // Recorded (2026-09).
        "AccessDeniedException" => failed(
            "AccessDenied",
            "No permissions to call DescribeSecret and/or GetSecretValue on the secret associated \
             with the connection resource."
                .to_owned(),
        ),
        _ => told("InternalError", &refusal),
    })?;
    let secret = answer["SecretString"].as_str().and_then(|text| serde_json::from_str(text).ok());
    let no_object =
        || failed("InternalError", "The secret of the connection is no JSON object.".to_owned());
    Ok(folded(secret.filter(Value::is_object).ok_or_else(no_object)?))
}

fn folded(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| (name.to_lowercase().replace('_', ""), folded(value)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.into_iter().map(folded).collect(),
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => scalar,
    }
}

fn basic(secret: &Value) -> String {
    let user = format!("{}:{}", field(secret, "username"), field(secret, "password"));
    format!("Basic {}", STANDARD.encode(user))
}

fn client(secret: &Value) -> Client {
    let client = secret.get("clientparameters").unwrap_or(secret);
    Client {
        id: field(client, "clientid"),
        secret: field(client, "clientsecret"),
        endpoint: field(secret, "authorizationendpoint"),
        method: field(secret, "httpmethod"),
        parameters: parameters(&secret["oauthhttpparameters"]),
    }
}

fn parameters(given: &Value) -> Added {
    let list = |name: &str| -> Vec<(String, String)> {
        let items = given[name].as_array().into_iter().flatten();
        items.map(|item| (field(item, "key"), field(item, "value"))).collect()
    };
    Added {
        headers: list("headerparameters"),
        query: list("querystringparameters"),
        body: list("bodyparameters"),
    }
}

fn field(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

/// One call of a service, answered or refused.
async fn ask(
    cx: &Call<'_>,
    service: &Service<'_>,
    target: &str,
    body: &Value,
) -> Result<Result<Value, Refusal>, Failure> {
    let parts = aws_json::request("1.1", target.to_owned(), body);
    let answer = cx.send(service, parts, Wait::Service).await?;
    if !answer.is_success() {
        return Ok(Err(aws_json::refusal(&answer)));
    }
    Ok(Ok(serde_json::from_slice(&answer.body).unwrap_or_default()))
}

fn told(error: &str, refusal: &Refusal) -> Failure {
    failed(error, refusal.message.clone().unwrap_or_else(|| refusal.name.clone()))
}

fn failed(error: &str, cause: String) -> Failure {
    Failure { error: Some(format!("Events.ConnectionResource.{error}")), cause: Some(cause) }
}
