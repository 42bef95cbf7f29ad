//! `events`: a rule of EventBridge brings contact events into their queue. Without it no call ever ends here,
//! and the sweeper has to ask Connect for each.

use serde_json::{Value, json};

use crate::{
    aws::{Api, EVENTBRIDGE},
    finding::Kind,
    notes::Notes,
};

pub(crate) static NO_RULE: Kind = Kind::error(
    "events.no-rule",
    "no rule of EventBridge has the queue of contact events as its target",
    "deploy the template; without the rule the ends of calls are known only by the sweeper, minutes later",
);
pub(crate) static DISABLED: Kind = Kind::error(
    "events.disabled",
    "the rule is switched off",
    "switch it on (`aws events enable-rule`)",
);
pub(crate) static OTHER_EVENTS: Kind = Kind::error(
    "events.other-events",
    "the rule does not match Connect's contact events",
    "let its pattern match the source `aws.connect` and the detail type `Amazon Connect Contact Event`",
);

pub(crate) async fn look(notes: &mut Notes, api: &Api, queue: &str) -> Option<()> {
    let asked = json!({ "TargetArn": queue });
    let rules = match api.call(&EVENTBRIDGE, "ListRuleNamesByTarget", &asked).await {
        Ok(answer) => answer["RuleNames"].as_array().cloned().unwrap_or_default(),
        Err(error) if error.code() == "ResourceNotFoundException" => Vec::new(),
        Err(error) => {
            notes.not_told("events:ListRuleNamesByTarget", &error);
            return None;
        }
    };
    if rules.is_empty() {
        notes.find(&NO_RULE, format!("`{}`", queue.rsplit(':').next().unwrap_or_default()));
        return None;
    }
    let mut worst: Option<(&'static Kind, String)> = None;
    for name in rules.iter().filter_map(Value::as_str) {
        let rule = match api.call(&EVENTBRIDGE, "DescribeRule", &json!({ "Name": name })).await {
            Ok(rule) => rule,
            Err(error) => {
                notes.not_told("events:DescribeRule", &error);
                return None;
            }
        };
        let pattern = rule["EventPattern"].as_str().unwrap_or_default();
        let kind = if !matches(pattern) {
            &OTHER_EVENTS
        } else if rule["State"] == "DISABLED" {
            &DISABLED
        } else {
            // One that does it is enough.
            return Some(());
        };
        if worst.as_ref().is_none_or(|(known, _)| **known == OTHER_EVENTS) {
            worst = Some((kind, format!("`{name}`")));
        }
    }
    if let Some((kind, seen)) = worst {
        notes.find(kind, seen);
    }
    None
}

/// Whether contact events get through, as far as source and detail type decide it.
fn matches(pattern: &str) -> bool {
    let pattern: Value = serde_json::from_str(pattern).unwrap_or_default();
    let takes = |field: &str, value: &str| match &pattern[field] {
        Value::Array(values) => values.iter().any(|one| one == value || one.is_object()),
        other => other.is_null(),
    };
    pattern.is_object()
        && takes("source", "aws.connect")
        && takes("detail-type", "Amazon Connect Contact Event")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_contact_events_or_does_not() {
        let check =
            |pattern: &str, expected: bool| assert_eq!(matches(pattern), expected, "{pattern}");
        check(r#"{"source": ["aws.connect"]}"#, true);
        check(
            r#"{"source": ["aws.connect"], "detail-type": [{"prefix": "Amazon Connect"}]}"#,
            true,
        );
        check(r#"{"source": ["aws.connect"], "detail-type": ["Contact Lens"]}"#, false);
        check(r#"{"source": ["aws.s3"]}"#, false);
        check("", false);
    }
}
