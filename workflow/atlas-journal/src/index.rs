//! What executions can be looked for.

use atlas_core::Identity;
use atlas_engine::{Place, archive::Status};
use serde_json::Value;

use crate::tables::SEPARATOR;

/// The members of documents that name a lead, an attempt or a contact.
const KEYS: [&str; 3] = ["interactionKey", "leadId", "contactId"];
/// No deeper than this are they looked for.
const DEEPEST: usize = 6;
/// No key is longer.
const LONGEST: usize = 256;

/// Under which an execution of this status is found.
pub(crate) fn terms(place: &Place, identity: &Identity, status: Status) -> Vec<String> {
    let Identity { state_machine_arn, version_arn, alias_arn, map_run_arn, .. } = identity;
    let others = [version_arn, alias_arn, map_run_arn].into_iter().flatten();
    let arns = std::iter::once(state_machine_arn).chain(others);
    let mut terms: Vec<String> = arns.map(|arn| of_arn(arn, status)).collect();
    // A child of a map run is one of its run alone.
    if map_run_arn.is_none() {
        terms.push(of_place(place, status));
    }
    terms
}

/// Those of a machine, version, alias or map run.
pub(crate) fn of_arn(arn: &str, status: Status) -> String {
    term(&[arn, status.as_str()])
}

/// Those of a region and account.
pub(crate) fn of_place(place: &Place, status: Status) -> String {
    term(&[&place.region, &place.account, status.as_str()])
}

/// Those of a business key.
pub(crate) fn of_key(place: &Place, key: &str) -> String {
    term(&[&place.region, &place.account, "key", key])
}

fn term(parts: &[&str]) -> String {
    parts.join(&SEPARATOR.to_string())
}

/// The business keys in a document.
pub(crate) fn keys(document: &str) -> Vec<String> {
    let mut keys = Vec::new();
    // Most documents have none, and that is seen without reading them.
    if KEYS.iter().any(|key| document.contains(key))
        && let Ok(value) = serde_json::from_str::<Value>(document)
    {
        collect(&value, DEEPEST, &mut keys);
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn collect(value: &Value, deepest: usize, keys: &mut Vec<String>) {
    let Some(deepest) = deepest.checked_sub(1) else { return };
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(key)
                        if KEYS.contains(&name.as_str())
                            && (1..=LONGEST).contains(&key.len())
                            && !key.contains(SEPARATOR) =>
                    {
                        keys.push(key.clone());
                    }
                    value => collect(value, deepest, keys),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, deepest, keys)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn business_keys_are_found_wherever_documents_have_them() {
        for (document, expected) in [
            ("{}", &[][..]),
            ("leadId", &[]),
            (r#"{"interactionKey": "3f0c", "lead": {"leadId": "00Q"}}"#, &["00Q", "3f0c"]),
            (r#"[{"contactId": "c"}, {"contactId": "c"}]"#, &["c"]),
            (r#"{"contactId": "", "leadId": 7, "other": "x"}"#, &[]),
            (r#"{"a":{"b":{"c":{"d":{"e":{"f":{"leadId":"deep"}}}}}}}"#, &[]),
        ] {
            assert_eq!(keys(document), expected, "{document}");
        }
        assert_eq!(keys(&format!(r#"{{"leadId": "{}"}}"#, "x".repeat(257))), [""; 0]);
    }
}
