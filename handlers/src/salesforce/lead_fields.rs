//! The fields of the Lead that we write. The org needs the custom ones (`…__c`), all of them texts:
//! `Interaction_Key__c` (external id, unique, case-sensitive), `Topic__c`, `Call_…__c`.

use definitions::contract::Lead;
use serde_json::{Map, Value};

use super::OutcomeReport;

/// The external id.
pub const EXTERNAL_ID: &str = "Interaction_Key__c";

/// The fields that are written beside it, and at how many characters a text is cut, if it is.
pub const WRITTEN_FIELDS: [(&str, Option<usize>); 16] = [
    ("FirstName", Some(40)),
    ("LastName", Some(80)),
    ("Company", Some(255)),
    ("Email", None),
    ("Phone", None),
    ("LeadSource", Some(255)),
    ("Topic__c", Some(255)),
    ("Description", Some(32_000)),
    ("Status", Some(255)),
    ("Call_Outcome__c", Some(40)),
    ("Call_Attempt__c", Some(18)),
    ("Call_Contact_Id__c", Some(256)),
    ("Call_Disconnect_Reason__c", Some(80)),
    ("Call_Connected_At__c", Some(40)),
    ("Call_Ended_At__c", Some(40)),
    ("Call_Talk_Seconds__c", Some(18)),
];

/// At how many characters a field's text is cut.
fn longest(field: &str) -> usize {
    let known = WRITTEN_FIELDS.iter().find(|(name, _)| *name == field);
    known.expect("every field that is written is in the list").1.unwrap_or(usize::MAX)
}

/// The lead. A text that is longer than its field is cut: a lead with a short name is better than
/// none. An address that is cut would be another's, so it is not.
pub(super) fn of_lead(lead: &Lead, source: &str) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, text: &str| {
        let text = cut(text.trim(), longest(name));
        if !text.is_empty() {
            fields.insert(name.to_owned(), text.into());
        }
    };
    put("FirstName", &lead.first_name);
    put("LastName", &lead.last_name);
    put("Company", &lead.company);
    put("Email", lead.email.reveal());
    put("Phone", lead.phone.reveal());
    put("LeadSource", source);
    put("Topic__c", &lead.topic);
    put("Description", &lead.notes);
    Value::Object(fields)
}

/// The outcome. What is not known is left as it is.
pub(super) fn of_outcome(report: OutcomeReport<'_>) -> Value {
    let call = report.call;
    let mut fields = Map::new();
    let mut put = |name: &str, text: Option<&str>| {
        if let Some(text) = text {
            fields.insert(name.to_owned(), cut(text, longest(name)).into());
        }
    };
    put("Status", Some(report.status));
    put("Call_Outcome__c", Some(call.outcome.as_str()));
    put("Call_Attempt__c", Some(&call.attempt.to_string()));
    put("Call_Contact_Id__c", call.contact_id.as_deref());
    put("Call_Disconnect_Reason__c", call.disconnect_reason.as_deref());
    put("Call_Connected_At__c", call.connected_at.as_deref());
    put("Call_Ended_At__c", call.ended_at.as_deref());
    let seconds = call.talk_seconds.map(|seconds| seconds.to_string());
    put("Call_Talk_Seconds__c", seconds.as_deref());
    Value::Object(fields)
}

fn cut(text: &str, longest: usize) -> &str {
    text.char_indices().nth(longest).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{lead, outcome};

    #[test]
    fn a_lead_fills_its_fields_and_long_texts_are_cut() {
        let mut long = lead();
        long.last_name = "ü".repeat(100);
        long.notes = "  ".to_owned();
        assert_eq!(
            of_lead(&long, "lex"),
            json!({
                "FirstName": "Ada", "LastName": "ü".repeat(80), "Company": "Analytical Engines",
                "Email": "ada@example.com", "Phone": "+14155550123", "LeadSource": "lex",
                "Topic__c": "pricing",
            })
        );
    }

    #[test]
    fn an_outcome_leaves_what_it_does_not_know() {
        let mut call = outcome();
        call.connected_at = None;
        assert_eq!(
            of_outcome(OutcomeReport { call: &call, status: "Working - Contacted" }),
            json!({
                "Status": "Working - Contacted", "Call_Outcome__c": "ANSWERED",
                "Call_Attempt__c": "1", "Call_Contact_Id__c": "contact-1",
                "Call_Disconnect_Reason__c": "CUSTOMER_DISCONNECT",
                "Call_Ended_At__c": "2026-11-20T17:06:00Z", "Call_Talk_Seconds__c": "50",
            })
        );
    }
}
