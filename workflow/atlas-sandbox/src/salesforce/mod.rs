//! Salesforce: login by JWT, and leads.

mod composite;
mod description;
mod fields;
mod leads;
mod oauth;

use serde_json::{Value, json};

pub(crate) use leads::Org;

use crate::{
    faults::Kind,
    reply::Reply,
    route::Call,
    world::{World, lock},
};

/// The newest version of the API that the org speaks.
const NEWEST_VERSION: u32 = 66;

/// An answer of the data API: a status and perhaps a body.
#[derive(Debug, Clone)]
struct Told {
    status: u16,
    body: Option<Value>,
    location: Option<String>,
}

impl Told {
    fn body(status: u16, body: Value) -> Self {
        Self { status, body: Some(body), location: None }
    }

    fn empty(status: u16) -> Self {
        Self { status, body: None, location: None }
    }

    /// Salesforce tells errors as a list.
    fn error(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self::body(status, json!([{ "message": message.into(), "errorCode": code }]))
    }

    fn field_error(code: &str, message: impl Into<String>, fields: &[&str]) -> Self {
        Self::body(400, json!([{ "message": message.into(), "errorCode": code, "fields": fields }]))
    }

    fn not_found() -> Self {
        Self::error(404, "NOT_FOUND", "The requested resource does not exist")
    }
}

/// The operation that a path and a method ask for.
pub(crate) fn operation(method: &str, path: &[&str]) -> Result<&'static str, Reply> {
    let operation = match (method, path) {
        ("POST", ["oauth2", "token"]) => "login",
        ("GET", ["data"] | ["data", ""]) => "versions",
        ("GET", ["data", version, "limits"]) if known(version) => "limits",
        ("GET", ["data", version, "sobjects", "Lead", "describe"]) if known(version) => {
            "describeLead"
        }
        ("POST", ["data", version, "composite"]) if known(version) => "composite",
        (_, ["data", version, "sobjects", "Lead", rest @ ..]) if known(version) => {
            match (method, rest) {
                ("POST", []) => "createLead",
                ("GET", [_] | [_, _]) => "getLead",
                ("PATCH", [_]) => "updateLead",
                ("PATCH", [_, _]) => "upsertLead",
                (_, [] | [_] | [_, _]) => {
                    let message = format!("HTTP Method '{method}' not allowed.");
                    return Err(reply(Told::error(405, "METHOD_NOT_ALLOWED", message)));
                }
                _ => return Err(reply(Told::not_found())),
            }
        }
        _ => return Err(reply(Told::not_found())),
    };
    Ok(operation)
}

fn known(version: &str) -> bool {
    let number = version.strip_prefix('v').and_then(|rest| rest.strip_suffix(".0"));
    number
        .and_then(|number| number.parse().ok())
        .is_some_and(|number| (20..=NEWEST_VERSION).contains(&number))
}

pub(crate) fn answer(world: &World, call: &Call, faults: &[Kind]) -> Reply {
    if call.operation == "login" {
        return oauth::login(world, call);
    }
    // Salesforce tells its versions to whoever asks.
    if call.operation == "versions" {
        return reply(description::versions());
    }
    let token =
        call.headers.get("authorization").and_then(|given| given.to_str().ok()).and_then(|given| {
            given.strip_prefix("Bearer ").or_else(|| given.strip_prefix("OAuth "))
        });
    let mut org = lock(&world.salesforce);
    if faults.contains(&Kind::Expired) {
        org.end_session(token.unwrap_or_default());
    }
    let now = world.clock.now();
    if !org.use_session(token.unwrap_or_default(), now, world.options.salesforce.session) {
        return reply(Told::error(401, "INVALID_SESSION_ID", "Session expired or invalid"));
    }
    let limit = world.options.salesforce.requests_per_day;
    let Some(used) = org.use_request(now, limit) else {
        return throttled(&call.operation)
            .with("sforce-limit-info", format!("api-usage={limit}/{limit}"));
    };
    let told = if faults.contains(&Kind::Locked) {
        Told::field_error(
            "UNABLE_TO_LOCK_ROW",
            "unable to obtain exclusive access to this record",
            &[],
        )
    } else if faults.contains(&Kind::Duplicate) && call.operation != "getLead" {
        leads::duplicates_detected()
    } else if call.operation == "limits" {
        description::limits(used, limit)
    } else if call.operation == "describeLead" {
        description::of_lead(&world.options.salesforce)
    } else if call.operation == "composite" {
        composite::run(&mut org, world, &call.path, &call.body)
    } else {
        org.begin();
        let path: Vec<&str> = call.path.iter().skip(4).map(String::as_str).collect();
        match leads::read_body(&call.body) {
            Ok(body) => {
                let asked = leads::Asked {
                    version: &call.path[2],
                    operation: &call.operation,
                    path: &path,
                    wanted: call.query.get("fields").map(String::as_str),
                };
                leads::perform(&mut org, world, &asked, &body)
            }
            Err(told) => told,
        }
    };
    reply(told).with("sforce-limit-info", format!("api-usage={used}/{limit}"))
}

fn reply(told: Told) -> Reply {
    let reply = match told.body {
        Some(body) => Reply::json(told.status, &body),
        None => Reply::empty(told.status),
    };
    match told.location {
        Some(location) => reply.with("location", location),
        None => reply,
    }
}

/// Too many logins, or too many requests.
pub(crate) fn throttled(operation: &str) -> Reply {
    if operation == "login" {
        return oauth::refused("invalid_grant", "login rate exceeded");
    }
    reply(Told::error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."))
}

/// What the org answers with this status when it fails.
pub(crate) fn failed(status: u16) -> Reply {
    let (code, message) = match status {
        401 => ("INVALID_SESSION_ID", "Session expired or invalid"),
        403 => ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        404 => ("NOT_FOUND", "The requested resource does not exist"),
        503 => ("SERVER_UNAVAILABLE", "The server is temporarily unable to respond"),
        500.. => ("UNKNOWN_EXCEPTION", "An unexpected error occurred"),
        _ => ("INVALID_INPUT", "the sandbox was told to answer so"),
    };
    reply(Told::error(status, code, message))
}
