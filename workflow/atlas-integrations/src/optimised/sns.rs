//! `sns:publish`: a message that is no text is sent as JSON.

use atlas_core::{Failure, Payload};
use roxmltree::Document;
use serde_json::{Map, Value};

use super::exchange::{as_text, result};
use crate::{
    failure::{Exceptions, Naming, Sdk, refused},
    protocol::query::{self, text_of},
    services::{Call, Service},
    transport::Wait,
};

const SNS: Service<'static> = Service {
    id: "SNS",
    signing_name: "sns",
    naming: Naming {
        sdk: Sdk::One,
        prefix: "SNS",
        service: "AmazonSNS",
        exceptions: Exceptions::Listed {
            general: "AmazonSNSException",
            own: &[
                "AuthorizationError",
                "EndpointDisabled",
                "InternalError",
                "InvalidParameter",
                "InvalidParameterValue",
                "InvalidSecurity",
                "KMSAccessDenied",
                "KMSDisabled",
                "KMSInvalidState",
                "KMSNotFound",
                "KMSOptInRequired",
                "KMSThrottling",
                "NotFound",
                "PlatformApplicationDisabled",
                "ValidationException",
            ],
        },
    },
};

pub(crate) async fn publish(cx: &Call<'_>) -> Result<Payload, Failure> {
    let fields = form(cx.parameters());
    let parts = query::request("2010-03-31", "Publish", &fields);
    let answer = cx.send(&SNS, parts, Wait::Service).await?;
    if !answer.is_success() {
        let mut refusal = query::refusal(&answer);
        // The one error of SNS whose code is not its exception's name.
        if refusal.name == "ParameterValueInvalid" {
            refusal.code =
                Some(std::mem::replace(&mut refusal.name, "InvalidParameterValue".into()));
        }
        return Err(refused(&SNS.naming, &refusal));
    }
    let text = String::from_utf8_lossy(&answer.body);
    let document = Document::parse(&text).ok();
    let mut fields = Map::new();
    for name in ["MessageId", "SequenceNumber"] {
        let value = document.as_ref().and_then(|document| text_of(document.root(), name));
        fields.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    Ok(result(fields, &answer))
}

fn form(parameters: &Value) -> Vec<(String, String)> {
    let mut form = Vec::new();
    for (name, value) in parameters.as_object().into_iter().flatten() {
        match value {
            Value::Object(attributes) if name == "MessageAttributes" => {
                for (number, (attribute, value)) in (1..).zip(attributes) {
                    let entry = format!("{name}.entry.{number}");
                    form.push((format!("{entry}.Name"), attribute.clone()));
                    for (part, value) in value.as_object().into_iter().flatten() {
                        form.push((format!("{entry}.Value.{part}"), text(value)));
                    }
                }
            }
            value => form.push((name.clone(), text(value))),
        }
    }
    form
}

fn text(value: &Value) -> String {
    let mut value = value.clone();
    as_text(&mut value);
    value.as_str().unwrap_or_default().to_owned()
}
