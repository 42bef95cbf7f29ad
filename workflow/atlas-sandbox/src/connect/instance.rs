//! What the instance is, and what belongs to it: flow, queue and numbers. Nothing here calls anybody.

use serde_json::{Value, json};

use super::{FLOW_ID, INSTANCE_ID, QUEUE_ID, check_instance, instance_arn};
use crate::{
    aws::{Answer, Refusal},
    options::{ConnectOptions, FlowState, QueueState},
};

/// The id of the number that callees see.
const NUMBER_ID: &str = "a7a5a4d0-0000-4000-8000-000000000555";

fn part(path: &[String], index: usize) -> &str {
    path.get(index).map_or("", String::as_str)
}

fn absent(what: &str) -> Refusal {
    Refusal::new(404, "ResourceNotFoundException", format!("{what} not found"))
}

pub(super) fn describe(options: &ConnectOptions, path: &[String]) -> Answer {
    check_instance(part(path, 1))?;
    Ok(json!({
        "Instance": {
            "Id": INSTANCE_ID,
            "Arn": instance_arn(),
            "IdentityManagementType": "CONNECT_MANAGED",
            "InstanceAlias": "atlas-sandbox",
            "InstanceStatus": "ACTIVE",
            "InboundCallsEnabled": true,
            "OutboundCallsEnabled": options.outbound_calls,
        },
    }))
}

pub(super) fn contact_flow(options: &ConnectOptions, path: &[String]) -> Answer {
    check_instance(part(path, 1))?;
    let (state, status) = match options.flow {
        FlowState::Published => ("ACTIVE", "PUBLISHED"),
        FlowState::Saved => ("ACTIVE", "SAVED"),
        FlowState::Archived => ("ARCHIVED", "PUBLISHED"),
        FlowState::Absent => return Err(absent("Contact flow")),
    };
    if part(path, 2) != FLOW_ID {
        return Err(absent("Contact flow"));
    }
    Ok(json!({
        "ContactFlow": {
            "Arn": format!("{}/contact-flow/{FLOW_ID}", instance_arn()),
            "Id": FLOW_ID,
            "Name": "Outbound demo call",
            "Type": "CONTACT_FLOW",
            "State": state,
            "Status": status,
        },
    }))
}

pub(super) fn queue(options: &ConnectOptions, path: &[String]) -> Answer {
    check_instance(part(path, 1))?;
    if part(path, 2) != QUEUE_ID || options.queue == QueueState::Absent {
        return Err(absent("Queue"));
    }
    let status = if options.queue == QueueState::Disabled { "DISABLED" } else { "ENABLED" };
    let mut queue = json!({
        "QueueArn": format!("{}/queue/{QUEUE_ID}", instance_arn()),
        "QueueId": QUEUE_ID,
        "Name": "Outbound",
        "Status": status,
    });
    if options.queue != QueueState::WithoutCallerId {
        queue["OutboundCallerConfig"] = json!({ "OutboundCallerIdNumberId": NUMBER_ID });
    }
    Ok(json!({ "Queue": queue }))
}

pub(super) fn phone_numbers(options: &ConnectOptions, body: &Value) -> Answer {
    if let Some(instance) = body["InstanceId"].as_str() {
        check_instance(instance)?;
    }
    let prefix = body["PhoneNumberPrefix"].as_str().unwrap_or_default();
    let numbers = options.numbers.iter().filter(|number| number.starts_with(prefix));
    let shown: Vec<Value> = numbers
        .map(|number| {
            json!({
                "PhoneNumberId": NUMBER_ID,
                "PhoneNumber": number,
                "PhoneNumberType": "DID",
                "TargetArn": instance_arn(),
                "InstanceId": INSTANCE_ID,
            })
        })
        .collect();
    Ok(json!({ "ListPhoneNumbersSummaryList": shown }))
}
