//! `lead`: the version of the API, the external id, and every field that the handlers write.

use handlers::{
    environment::{Variable, variables},
    salesforce::{EXTERNAL_ID, WRITTEN_FIELDS},
};
use serde_json::Value;

use crate::{
    finding::Kind,
    notes::Notes,
    org::{Org, Salesforce, SalesforceFault},
};

pub(crate) const VARIABLES: [&Variable; 1] = [&variables::SALESFORCE_API_VERSION];

pub(crate) static UNKNOWN_VERSION: Kind = Kind::error(
    "lead.unknown-version",
    "the org does not speak the version of the API in `SALESFORCE_API_VERSION`",
    "set the variable to a version that the org speaks",
);
pub(crate) static HIDDEN: Kind = Kind::error(
    "lead.hidden",
    "the user does not see the Lead object",
    "give the user's profile or permission set read, create and edit on Lead, and the app the scope `api`",
);
pub(crate) static NOT_CREATABLE: Kind = Kind::error(
    "lead.not-creatable",
    "the user may not create or edit leads",
    "give the user's profile or permission set create and edit on Lead",
);
pub(crate) static KEY_MISSING: Kind = Kind::error(
    "lead.key-missing",
    "the Lead has no field `Interaction_Key__c` that this user sees",
    "create it: text of 64 characters, External ID, unique, case-sensitive; and let the user see it",
);
pub(crate) static KEY_NOT_EXTERNAL: Kind = Kind::error(
    "lead.key-not-external",
    "`Interaction_Key__c` is no External ID, so that no lead is found by it",
    "tick External ID in the field's definition",
);
pub(crate) static KEY_NOT_UNIQUE: Kind = Kind::error(
    "lead.key-not-unique",
    "`Interaction_Key__c` is not unique, so that one visitor becomes two leads",
    "tick Unique, case-sensitive in the field's definition; merge the leads that share a key first",
);
pub(crate) static KEY_IGNORES_CASE: Kind = Kind::warning(
    "lead.key-ignores-case",
    "`Interaction_Key__c` takes two keys for one that differ by capitals only",
    "choose case-sensitive in the field's definition",
);
pub(crate) static KEY_SHORT: Kind = Kind::error(
    "lead.key-short",
    "`Interaction_Key__c` is shorter than a key can be",
    "make the field a text of 64 characters",
);
pub(crate) static FIELD_MISSING: Kind = Kind::error(
    "lead.field-missing",
    "the Lead has no field of this name that the user sees, and a handler writes it",
    "create it as a text, and let the user see and edit it",
);
pub(crate) static FIELD_READ_ONLY: Kind = Kind::error(
    "lead.field-read-only",
    "the user may not write a field that a handler writes",
    "let the user edit it, by field-level security",
);
pub(crate) static FIELD_SHORT: Kind = Kind::warning(
    "lead.field-short",
    "a field is shorter than what a handler may write into it, and Salesforce refuses what is too long",
    "make it as long as what is written",
);

const LONGEST_KEY: u64 = 64;

pub(crate) async fn look(notes: &mut Notes, salesforce: &Salesforce, org: &Org) -> Option<()> {
    let version = org.version.as_str();
    let told = salesforce.read(notes, org, "", "the versions of the API").await?;
    let spoken: Vec<&str> =
        told.as_array().into_iter().flatten().filter_map(|one| one["version"].as_str()).collect();
    if !spoken.contains(&version.trim_start_matches('v')) {
        let newest = spoken.last().unwrap_or(&"none");
        notes.find(&UNKNOWN_VERSION, format!("`{version}`; the newest here is v{newest}"));
        return None;
    }
    let lead = match salesforce.get(org, &format!("/{version}/sobjects/Lead/describe")).await {
        Ok(lead) => lead,
        Err(error) => {
            match &error {
                SalesforceFault::Refused { status: 403 | 404, .. } => {
                    notes.find(&HIDDEN, format!("Salesforce {error}"));
                }
                _ => notes.unable(format!("the Lead object: Salesforce {error}")),
            }
            return None;
        }
    };
    if lead["createable"] != true || lead["updateable"] != true {
        notes.find(&NOT_CREATABLE, "as Salesforce describes Lead to this user");
    }
    let field = |name: &str| {
        let fields = lead["fields"].as_array().into_iter().flatten();
        fields.clone().find(|field| field["name"] == name)
    };
    match field(EXTERNAL_ID) {
        None => notes.find(&KEY_MISSING, format!("`{EXTERNAL_ID}`")),
        Some(key) => look_at_key(notes, key),
    }
    for (name, longest) in WRITTEN_FIELDS {
        match field(name) {
            None => notes.find(&FIELD_MISSING, format!("`{name}`")),
            Some(field) => look_at_field(notes, name, longest, field, &lead),
        }
    }
    Some(())
}

fn look_at_key(notes: &mut Notes, key: &Value) {
    let seen = || format!("`{EXTERNAL_ID}`");
    if key["externalId"] != true {
        notes.find(&KEY_NOT_EXTERNAL, seen());
    }
    if key["unique"] != true {
        notes.find(&KEY_NOT_UNIQUE, seen());
    } else if key["caseSensitive"] == false {
        notes.find(&KEY_IGNORES_CASE, seen());
    }
    if key["createable"] != true {
        notes.find(&FIELD_READ_ONLY, seen());
    }
    if key["length"].as_u64().is_some_and(|length| length < LONGEST_KEY) {
        notes.find(&KEY_SHORT, seen());
    }
}

fn look_at_field(
    notes: &mut Notes,
    name: &str,
    longest: Option<usize>,
    field: &Value,
    lead: &Value,
) {
    // Where no lead may be written at all, that is said once.
    let is_writable =
        field["updateable"] == true && (field["createable"] == true || lead["createable"] != true);
    if !is_writable {
        notes.find(&FIELD_READ_ONLY, format!("`{name}`"));
    }
    let length = field["length"].as_u64().filter(|length| *length > 0);
    if let (Some(longest), Some(length)) = (longest, length)
        && length < longest as u64
    {
        notes.find(&FIELD_SHORT, format!("`{name}`: {length}, up to {longest} are written"));
    }
}
