//! STS: who asks. It speaks forms and XML, the others JSON.

use axum::body::Bytes;
use serde_json::{Value, json};

use crate::{
    aws::{self, ACCOUNT, Answer, Refusal},
    reply::Reply,
    route,
    service::Service,
};

const VERSION: &str = "2011-06-15";

/// The operation that a form asks for.
pub(crate) fn operation(body: &Bytes) -> Result<(Service, &'static str), Reply> {
    let form = route::form(&String::from_utf8_lossy(body));
    match form.get("Action").map(String::as_str) {
        Some("GetCallerIdentity") => Ok((Service::Sts, "GetCallerIdentity")),
        Some(other) => {
            let message = format!("Could not find operation {other} for version {VERSION}");
            Err(aws::reply(Service::Sts, Err(Refusal::new(400, "InvalidAction", message))))
        }
        None => Err(Reply::text(404, "no service of the sandbox answers this path\n")),
    }
}

/// Reads a form. The operation that is played takes nothing beside its name and the version.
pub(crate) fn read(body: &[u8]) -> Answer {
    let form = route::form(&String::from_utf8_lossy(body));
    if form.get("Version").map(String::as_str) != Some(VERSION) {
        let message = "Could not find operation GetCallerIdentity for this version";
        return Err(Refusal::new(400, "InvalidAction", message));
    }
    match form.keys().find(|name| !["Action", "Version"].contains(&name.as_str())) {
        Some(name) => {
            let message = format!("`{name}` is no parameter of GetCallerIdentity");
            Err(Refusal::new(400, "ValidationError", message))
        }
        None => Ok(json!({})),
    }
}

/// The role that handlers run as.
pub(crate) fn caller_identity() -> Value {
    json!({
        "UserId": "AROASANDBOX:atlas",
        "Account": ACCOUNT,
        "Arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/AtlasEngine/atlas"),
    })
}

/// The XML of an answer, whose fields are texts.
pub(crate) fn document(body: &Value, is_error: bool) -> String {
    let fields = body.as_object().into_iter().flatten();
    let fields: String = fields
        .map(|(name, value)| format!("<{name}>{}</{name}>", escaped(value.as_str().unwrap_or(""))))
        .collect();
    let namespace = format!("https://sts.amazonaws.com/doc/{VERSION}/");
    let request = uuid::Uuid::new_v4();
    if is_error {
        return format!(
            "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>Sender</Type>{fields}</Error>\
             <RequestId>{request}</RequestId></ErrorResponse>"
        );
    }
    format!(
        "<GetCallerIdentityResponse xmlns=\"{namespace}\"><GetCallerIdentityResult>{fields}\
         </GetCallerIdentityResult><ResponseMetadata><RequestId>{request}</RequestId>\
         </ResponseMetadata></GetCallerIdentityResponse>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
