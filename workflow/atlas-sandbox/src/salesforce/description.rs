//! What the org says of itself: the versions of its API, its limits, and the Lead with its fields.

use serde_json::{Value, json};

use super::{NEWEST_VERSION, Told, fields};
use crate::options::{KeyField, SalesforceOptions};

/// Older ones are retired.
const OLDEST_VERSION: u32 = 31;

pub(super) fn versions() -> Told {
    let versions: Value = (OLDEST_VERSION..=NEWEST_VERSION)
        .map(|number| {
            json!({
                "label": format!("Version {number}"),
                "url": format!("/services/data/v{number}.0"),
                "version": format!("{number}.0"),
            })
        })
        .collect();
    Told::body(200, versions)
}

pub(super) fn limits(used: u64, most: u64) -> Told {
    let remaining = most.saturating_sub(used);
    Told::body(200, json!({ "DailyApiRequests": { "Max": most, "Remaining": remaining } }))
}

pub(super) fn of_lead(options: &SalesforceOptions) -> Told {
    let writable = options.may_create_leads;
    let mut shown: Vec<Value> =
        fields::TEXT.into_iter().map(|(name, length)| text(name, length, writable)).collect();
    let custom = options.custom_fields.iter();
    shown.extend(custom.map(|(name, length)| text(name, *length, writable)));
    shown.extend(key_field(options.key_field));
    Told::body(
        200,
        json!({
            "name": "Lead",
            "createable": options.may_create_leads,
            "updateable": true,
            "queryable": true,
            "fields": shown,
        }),
    )
}

fn text(name: &str, length: usize, writable: bool) -> Value {
    json!({
        "name": name,
        "type": "string",
        "length": length,
        "custom": name.ends_with("__c"),
        "createable": writable,
        "updateable": true,
        "externalId": false,
        "unique": false,
        "idLookup": name == "Email",
        "caseSensitive": false,
    })
}

fn key_field(defined: KeyField) -> Option<Value> {
    let (name, length) = fields::EXTERNAL_ID;
    let mut field = text(name, length, defined != KeyField::ReadOnly);
    let (external, unique) = match defined {
        KeyField::UniqueExternalId | KeyField::ReadOnly => (true, true),
        KeyField::NotUnique => (true, false),
        KeyField::PlainText => (false, false),
        KeyField::Absent => return None,
    };
    field["externalId"] = json!(external);
    field["idLookup"] = json!(external);
    field["unique"] = json!(unique);
    field["caseSensitive"] = json!(unique);
    field["updateable"] = json!(defined != KeyField::ReadOnly);
    Some(field)
}
