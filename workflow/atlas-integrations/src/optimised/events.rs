//! `events:putEvents`: each event names the execution and its machine among its resources, and one
//! event that is not taken fails the task ("Add EventBridge events with Step Functions", Step
//! Functions Developer Guide).

use atlas_core::{Failure, Payload};
use serde_json::{Value, json};

use super::exchange::{JsonApi, as_text, ask, result};
use crate::{
    failure::{Exceptions, Naming, Sdk},
    services::{Call, Service},
};

const EVENTS: JsonApi = JsonApi {
    service: Service {
        id: "EventBridge",
        signing_name: "events",
        naming: Naming {
            sdk: Sdk::One,
            prefix: "EventBridge",
            service: "AmazonEventBridge",
            exceptions: Exceptions::Listed {
                general: "AmazonEventBridgeException",
                own: &["InternalException"],
            },
        },
    },
    version: "1.1",
    target_prefix: "AWSEvents",
};

pub(crate) async fn put_events(cx: &Call<'_>) -> Result<Payload, Failure> {
    let mut request = cx.parameters().clone();
    for entry in request["Entries"].as_array_mut().into_iter().flatten() {
        complete(entry, cx);
    }
    let (fields, answer) = ask(cx, &EVENTS, "PutEvents", &request).await?;
    if fields.get("FailedEntryCount").and_then(Value::as_u64).unwrap_or(0) > 0 {
        return Err(Failure {
            error: Some("EventBridge.FailedEntry".to_owned()),
            cause: Some(Value::Object(fields).to_string()),
        });
    }
    Ok(result(fields, &answer))
}

fn complete(entry: &mut Value, cx: &Call<'_>) {
    let Some(fields) = entry.as_object_mut() else { return };
    if let Some(detail) = fields.get_mut("Detail") {
        as_text(detail);
    }
    if let Some(time) = fields.get_mut("Time")
        && let Some(moment) = time.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok())
    {
        // AWS JSON counts seconds.
        *time = json!(moment.as_millisecond() as f64 / 1000.0);
    }
    let resources = fields.entry("Resources").or_insert_with(|| json!([]));
    if let Some(resources) = resources.as_array_mut() {
        let own = [&cx.identity.execution_arn, &cx.identity.state_machine_arn];
        resources.extend(own.map(|arn| Value::from(&**arn)));
    }
}
