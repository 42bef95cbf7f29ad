//! The machines and leads that scenes are played with.

use serde_json::{Value, json};

/// Ends at once.
pub(crate) fn quick() -> Value {
    json!({ "StartAt": "Greet", "States": { "Greet": { "Type": "Pass", "End": true } } })
}

/// Fails at once, and says why.
pub(crate) fn failing(error: &str, cause: &str) -> Value {
    json!({ "StartAt": "Give up", "States": { "Give up": { "Type": "Fail", "Error": error, "Cause": cause } } })
}

/// Waits for a worker.
pub(crate) fn by_worker(activity: &str) -> Value {
    json!({ "StartAt": "Ask", "States": {
        "Ask": { "Type": "Task", "Resource": activity, "ResultPath": "$.answer", "Next": "Done" },
        "Done": { "Type": "Succeed" },
    } })
}

/// One item after another, four events each.
pub(crate) fn over_items() -> Value {
    json!({ "StartAt": "Each", "States": { "Each": {
        "Type": "Map", "ItemsPath": "$.items", "ResultPath": null, "End": true,
        "ItemProcessor": { "StartAt": "Look", "States": { "Look": { "Type": "Pass", "End": true } } },
    } } })
}

/// A lead whose call has this key.
pub(crate) fn lead(key: &str) -> Value {
    let mut lead: Value =
        serde_json::from_str(include_str!("../../../definitions/leads/ada.json")).unwrap();
    lead["interactionKey"] = key.into();
    // Nobody is asleep there at any hour: the gate is not what is looked at.
    lead
}

/// The ARN of one of the deployment's machines.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:states:us-east-1:000000000000:stateMachine:{name}")
}

/// The ARN of the call of a lead.
pub(crate) fn call(key: &str) -> String {
    format!("arn:aws:states:us-east-1:000000000000:execution:AtlasEngineCallWorkflow:call-{key}")
}
