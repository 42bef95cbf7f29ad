//! What became of many leads, judged by what the outside services tell: not by what we believe.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A lead that was sent through the workflow, as this side knows it.
#[derive(Debug, Clone)]
pub(crate) struct SentLead {
    /// Its interaction key.
    pub(crate) key: String,
    /// Its number, which no other lead has.
    pub(crate) number: String,
    /// Whether each of its executions has ended.
    pub(crate) has_ended: bool,
    /// How those ended that did not succeed, in words.
    pub(crate) failures: Vec<String>,
}

/// What the sandbox tells.
#[derive(Debug, Clone)]
pub(crate) struct Testimony {
    /// The leads in Salesforce, by external id.
    pub(crate) leads: Value,
    /// Who was rung, by number.
    pub(crate) rings: Value,
    /// The items of the calls' table.
    pub(crate) items: Value,
}

/// What became of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// How many there were.
    pub(crate) leads: usize,
    /// Leads in Salesforce, with how their call went.
    pub(crate) reported: usize,
    /// Leads that are parked before a call.
    pub(crate) parked: usize,
    /// Leads whose outcome is parked.
    pub(crate) unreported: usize,
    /// Leads by the outcome that Salesforce knows.
    pub(crate) outcomes: BTreeMap<String, usize>,
    /// How many phones rang, each time counted.
    pub(crate) rings: usize,
    /// Attempts that rang more than once, and leads that rang more often than they had attempts.
    pub(crate) rung_twice: Vec<String>,
    /// Leads of which nothing is known, neither reported nor parked, and how their executions ended.
    pub(crate) lost: BTreeMap<String, Vec<String>>,
    /// Leads with an execution that has not ended.
    pub(crate) open: Vec<String>,
}

impl Verdict {
    /// Nothing was lost, nobody was rung twice for an attempt, and everything has ended.
    pub(crate) fn is_good(&self) -> bool {
        self.rung_twice.is_empty() && self.lost.is_empty() && self.open.is_empty()
    }

    /// Judges leads by what the sandbox tells.
    pub(crate) fn of(sent: &[SentLead], testimony: &Testimony) -> Self {
        let mut verdict = Self { leads: sent.len(), ..Self::default() };
        let records = records(&testimony.items);
        for lead in sent {
            let rings = testimony.rings["numbers"][&lead.number].as_array();
            let rings = rings.map_or(&[][..], Vec::as_slice);
            verdict.rings += rings.len();
            let attempts: BTreeSet<&str> =
                rings.iter().filter_map(|ring| ring["attributes"]["attempt"].as_str()).collect();
            if rings.len() > attempts.len() {
                verdict.rung_twice.push(lead.key.clone());
            }
            if !lead.has_ended {
                verdict.open.push(lead.key.clone());
            }
            let of_lead = records.get(lead.key.as_str());
            verdict.judge(lead, &testimony.leads[&lead.key], of_lead);
        }
        verdict
    }

    fn judge(&mut self, lead: &SentLead, in_salesforce: &Value, records: Option<&BTreeSet<&str>>) {
        let is_there = |wanted: &str| {
            records.is_some_and(|records| records.iter().any(|it| it.starts_with(wanted)))
        };
        if let Some(outcome) = in_salesforce["fields"]["Call_Outcome__c"].as_str() {
            self.reported += 1;
            *self.outcomes.entry(outcome.to_owned()).or_default() += 1;
        } else if is_there("UNREPORTED#") {
            self.unreported += 1;
        } else if is_there("PARKED") {
            self.parked += 1;
        } else {
            self.lost.insert(lead.key.clone(), lead.failures.clone());
        }
    }
}

/// The sort keys of the items of each interaction.
fn records(items: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut records: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for item in items.as_array().into_iter().flatten() {
        let text = |field: &str| item[field]["S"].as_str();
        if let (Some(key), Some(record)) = (text("interactionKey"), text("record")) {
            records.entry(key).or_default().insert(record);
        }
    }
    records
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(key: &str) -> SentLead {
        SentLead {
            key: key.to_owned(),
            number: format!("+1415555{key}"),
            has_ended: true,
            failures: Vec::new(),
        }
    }

    fn testimony() -> Testimony {
        let ring = |token: &str, attempt: &str| json!({"clientToken": token, "attributes": {"attempt": attempt}});
        let item = |key: &str, record: &str| json!({"interactionKey": {"S": key}, "record": {"S": record}});
        Testimony {
            leads: json!({
                "0001": {"fields": {"Call_Outcome__c": "ANSWERED"}},
                "0002": {"fields": {}},
                "0003": {"fields": {}},
            }),
            rings: json!({"numbers": {
                "+14155550001": [ring("t1", "1"), ring("t2", "2")],
                "+14155550002": [ring("t3", "1")],
            }}),
            items: json!([
                item("0002", "LEAD"),
                item("0002", "UNREPORTED#1"),
                item("0004", "PARKED"),
                item("0003", "LEAD")
            ]),
        }
    }

    #[test]
    fn a_lead_is_reported_or_parked_or_lost() {
        let good = Verdict::of(&[sent("0001"), sent("0002"), sent("0004")], &testimony());
        assert!(good.is_good(), "{good:?}");
        assert_eq!((good.reported, good.unreported, good.parked, good.rings), (1, 1, 1, 3));
        assert_eq!(good.outcomes, BTreeMap::from([("ANSWERED".to_owned(), 1)]));
        let lost = Verdict::of(&[sent("0003"), sent("0005")], &testimony());
        assert!(!lost.is_good());
        assert_eq!(lost.lost.into_keys().collect::<Vec<_>>(), ["0003", "0005"]);
    }

    #[test]
    fn an_attempt_that_rang_twice_is_found_whatever_its_token() {
        let mut testimony = testimony();
        testimony.rings["numbers"]["+14155550001"][1]["attributes"]["attempt"] = "1".into();
        let verdict = Verdict::of(&[sent("0001"), sent("0002")], &testimony);
        assert_eq!((verdict.is_good(), verdict.rung_twice), (false, vec!["0001".to_owned()]));
    }

    #[test]
    fn an_execution_that_goes_on_is_no_good_end() {
        let open = SentLead { has_ended: false, ..sent("0001") };
        assert!(!Verdict::of(&[open], &testimony()).is_good());
    }
}
