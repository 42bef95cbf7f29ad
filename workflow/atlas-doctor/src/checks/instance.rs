//! `instance`: the Connect instance is there, active, and places calls.

use handlers::environment::{Variable, variables};

use crate::{
    aws::{Api, CONNECT},
    examination::Cx,
    finding::Kind,
    notes::Notes,
};

pub(crate) const VARIABLES: [&Variable; 2] =
    [&variables::CONNECT_INSTANCE_ID, &variables::AWS_ENDPOINT_URL_CONNECT];

pub(crate) static ABSENT: Kind = Kind::error(
    "instance.absent",
    "there is no Connect instance of this id, in this account and Region",
    "take the id from the end of the instance's ARN, and look whether it is in `AWS_REGION`",
);
pub(crate) static NOT_ACTIVE: Kind = Kind::error(
    "instance.not-active",
    "the Connect instance is still being made, or could not be made",
    "wait until it is active, or make another one",
);
pub(crate) static NO_OUTBOUND: Kind = Kind::error(
    "instance.no-outbound",
    "the Connect instance places no calls",
    "allow outbound calls in the instance's telephony options",
);

/// Gives the instance's ARN.
pub(crate) async fn look(cx: &Cx, notes: &mut Notes, api: &Api) -> Option<String> {
    let id = id(cx)?;
    let instance = match api.get(&CONNECT, &["instance", &id]).await {
        Ok(answer) => answer["Instance"].clone(),
        Err(error) => {
            if is_absent(error.code()) {
                notes.find(&ABSENT, format!("`{id}`"));
            } else {
                notes.not_told("connect:DescribeInstance", &error);
            }
            return None;
        }
    };
    let status = instance["InstanceStatus"].as_str().unwrap_or_default();
    if status != "ACTIVE" {
        notes.find(&NOT_ACTIVE, format!("it is {status}"));
    }
    if instance["OutboundCallsEnabled"] != true {
        notes.find(&NO_OUTBOUND, format!("`{id}`"));
    }
    Some(instance["Arn"].as_str().unwrap_or_default().to_owned())
}

/// The instance's id, which is also the end of its ARN.
pub(crate) fn id(cx: &Cx) -> Option<String> {
    let given = cx.deployment.text(&variables::CONNECT_INSTANCE_ID)?;
    Some(given.trim().rsplit('/').next().unwrap_or_default().to_owned())
}

/// How Connect says that it knows no such thing: an id that is none is a parameter out of its range.
pub(crate) fn is_absent(code: &str) -> bool {
    ["ResourceNotFoundException", "InvalidParameterException", "InvalidRequestException"]
        .contains(&code)
}
