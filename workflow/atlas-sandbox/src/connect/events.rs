//! Contact events, as EventBridge puts them into the queue: at their best once and in order, and by faults
//! late, twice, out of order or never.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Contact, contact_arn, instance_arn};
use crate::{
    aws::{ACCOUNT, REGION},
    faults::Kind,
    world::World,
};

pub(super) fn deliver(world: &Arc<World>, contact: &Contact, faults: &[Kind]) {
    let hit = |kind| faults.contains(&kind);
    if hit(Kind::Never) {
        return;
    }
    let mut events = vec![event(contact, "INITIATED")];
    if contact.connected.is_some() {
        events.push(event(contact, "CONNECTED_TO_SYSTEM"));
    }
    events.push(event(contact, "DISCONNECTED"));
    if hit(Kind::OutOfOrder) {
        events.reverse();
    }
    if hit(Kind::Twice) {
        events.extend(events.clone());
    }
    let (world, id) = (world.clone(), contact.id.clone());
    let late = hit(Kind::Late).then_some(world.options.connect.late);
    let send = move || {
        for event in events {
            world.counters.add("eventsByContact", &id);
            let queue = &world.options.connect.events_queue;
            world.sqs.put(queue, event.to_string(), &world.clock);
        }
    };
    match late {
        None => send(),
        Some(late) => {
            tokio::spawn(async move {
                tokio::time::sleep(late).await;
                send();
            });
        }
    }
}

/// The envelope is EventBridge's, the keys of `detail` are in the mixed case of Connect's own sample.
fn event(contact: &Contact, event_type: &str) -> Value {
    let at = match event_type {
        "DISCONNECTED" => contact.disconnected,
        "CONNECTED_TO_SYSTEM" => contact.connected,
        _ => None,
    };
    let text = |at: jiff::Timestamp| format!("{at:.3}");
    let mut detail = json!({
        "initiationTimestamp": text(contact.initiated),
        "contactId": contact.id,
        "initialContactId": contact.id,
        "channel": "VOICE",
        "instanceArn": instance_arn(),
        "initiationMethod": "API",
        "eventType": event_type,
    });
    if let Some(at) = contact.connected.filter(|_| event_type != "INITIATED") {
        detail["connectedToSystemTimestamp"] = json!(text(at));
        detail["CustomerVoiceActivity"] = json!({ "greetingStartTimestamp": text(at) });
    }
    if let Some(at) = contact.disconnected.filter(|_| event_type == "DISCONNECTED") {
        detail["disconnectTimestamp"] = json!(text(at));
        detail["disconnectReason"] = json!(contact.outcome.disconnect_reason());
    }
    json!({
        "version": "0",
        "id": uuid::Uuid::new_v4().to_string(),
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": ACCOUNT,
        "time": format!("{:.0}", at.unwrap_or(contact.initiated)),
        "region": REGION,
        "resources": [instance_arn(), contact_arn(&contact.id)],
        "detail": detail,
    })
}
