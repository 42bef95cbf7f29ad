//! EventBridge's rules, as far as they are asked for: the one that brings contact events into their queue.

use serde_json::{Value, json};

use crate::{
    aws::{ACCOUNT, Answer, REGION, Refusal},
    options::Options,
};

const RULE: &str = "AtlasEngine-ContactEvents";

pub(crate) fn answer(options: &Options, operation: &str, body: &Value) -> Answer {
    let queue = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{}", options.connect.events_queue);
    if operation == "ListRuleNamesByTarget" {
        let leads_there = options.contact_rule && body["TargetArn"] == queue.as_str();
        let names: &[&str] = if leads_there { &[RULE] } else { &[] };
        return Ok(json!({ "RuleNames": names }));
    }
    let name = body["Name"].as_str().unwrap_or_default();
    if name != RULE || !options.contact_rule {
        let message = format!("Rule {name} does not exist on EventBus default.");
        return Err(Refusal::new(400, "ResourceNotFoundException", message));
    }
    let pattern =
        json!({ "source": ["aws.connect"], "detail-type": ["Amazon Connect Contact Event"] });
    Ok(json!({
        "Name": RULE,
        "Arn": format!("arn:aws:events:{REGION}:{ACCOUNT}:rule/{RULE}"),
        "EventPattern": pattern.to_string(),
        "State": "ENABLED",
        "EventBusName": "default",
    }))
}
