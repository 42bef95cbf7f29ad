//! What became of many leads, judged by what the outside services counted: not by what we believe.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A lead that was sent through the workflow, as this side knows it.
#[derive(Debug, Clone)]
pub(crate) struct SentLead {
    /// Its interaction key.
    pub(crate) key: String,
    /// Its number, which no other lead has.
    pub(crate) number: String,
    /// What is parked of it: the sort keys of its parked items.
    pub(crate) parked: Vec<String>,
    /// Whether each of its executions has ended.
    pub(crate) has_ended: bool,
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
    pub(crate) rings: u64,
    /// Attempts that rang more than once: by `ClientToken`.
    pub(crate) rung_twice: Vec<String>,
    /// Leads of which nothing is known: neither reported nor parked.
    pub(crate) lost: Vec<String>,
    /// Leads with an execution that has not ended.
    pub(crate) open: Vec<String>,
}

impl Verdict {
    /// Nothing was lost, nobody was rung twice for an attempt, and everything has ended.
    pub(crate) fn is_good(&self) -> bool {
        self.rung_twice.is_empty() && self.lost.is_empty() && self.open.is_empty()
    }

    /// Judges leads by the sandbox's counters.
    pub(crate) fn of(sent: &[SentLead], counters: &Value) -> Self {
        let mut verdict = Self { leads: sent.len(), ..Self::default() };
        let rings_of = |tally: &str, what: &str| counters[tally][what].as_u64().unwrap_or(0);
        let numbers: BTreeSet<&str> = sent.iter().map(|lead| lead.number.as_str()).collect();
        let contacts = counters["contacts"].as_object().into_iter().flatten();
        let mut attempts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (_, contact) in contacts {
            let text = |field: &str| contact[field].as_str().unwrap_or_default();
            if numbers.contains(text("number")) {
                attempts.entry(text("number")).or_default().insert(text("clientToken"));
            }
        }
        for lead in sent {
            let rings = rings_of("ringsByNumber", &lead.number);
            verdict.rings += rings;
            let tokens = attempts.get(lead.number.as_str());
            let twice = tokens.into_iter().flatten().copied();
            let twice: Vec<&str> =
                twice.filter(|token| rings_of("ringsByToken", token) > 1).collect();
            // A ring without a token would escape the count by token.
            if twice.is_empty() && rings > tokens.map_or(0, |tokens| tokens.len() as u64) {
                verdict.rung_twice.push(lead.number.clone());
            }
            verdict.rung_twice.extend(twice.into_iter().map(str::to_owned));
            if !lead.has_ended {
                verdict.open.push(lead.key.clone());
            }
            verdict.judge(lead, &counters["leads"][&lead.key]);
        }
        verdict
    }

    fn judge(&mut self, lead: &SentLead, in_salesforce: &Value) {
        if let Some(outcome) = in_salesforce["fields"]["Call_Outcome__c"].as_str() {
            self.reported += 1;
            *self.outcomes.entry(outcome.to_owned()).or_default() += 1;
        } else if lead.parked.iter().any(|record| record.starts_with("UNREPORTED#")) {
            self.unreported += 1;
        } else if lead.parked.iter().any(|record| record == "PARKED") {
            self.parked += 1;
        } else {
            self.lost.push(lead.key.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent(key: &str, parked: &[&str]) -> SentLead {
        SentLead {
            key: key.to_owned(),
            number: format!("+1415555{key}"),
            parked: parked.iter().map(|record| (*record).to_owned()).collect(),
            has_ended: true,
        }
    }

    fn counters() -> Value {
        json!({
            "leads": {
                "0001": {"fields": {"Call_Outcome__c": "ANSWERED"}},
                "0002": {"fields": {}},
                "0003": {"fields": {}},
            },
            "contacts": {
                "c1": {"number": "+14155550001", "clientToken": "t1"},
                "c2": {"number": "+14155550002", "clientToken": "t2"},
            },
            "ringsByNumber": {"+14155550001": 1, "+14155550002": 1},
            "ringsByToken": {"t1": 1, "t2": 1},
        })
    }

    #[test]
    fn a_lead_is_reported_or_parked_or_lost() {
        let leads =
            [sent("0001", &[]), sent("0002", &["UNREPORTED#1"]), sent("0004", &["PARKED"])];
        let good = Verdict::of(&leads, &counters());
        assert!(good.is_good(), "{good:?}");
        assert_eq!((good.reported, good.unreported, good.parked, good.rings), (1, 1, 1, 2));
        assert_eq!(good.outcomes, BTreeMap::from([("ANSWERED".to_owned(), 1)]));
        let lost = Verdict::of(&[sent("0003", &[])], &counters());
        assert_eq!((lost.is_good(), &lost.lost[..]), (false, &["0003".to_owned()][..]));
    }

    #[test]
    fn an_attempt_that_rang_twice_is_found_by_its_token_and_by_its_number() {
        let twice = |change: fn(&mut Value)| {
            let mut counters = counters();
            change(&mut counters);
            Verdict::of(&[sent("0001", &[])], &counters).rung_twice
        };
        assert_eq!(twice(|it| it["ringsByToken"]["t1"] = 2.into()), ["t1"]);
        assert_eq!(twice(|it| it["ringsByNumber"]["+14155550001"] = 2.into()), ["+14155550001"]);
        assert!(twice(|_| ()).is_empty());
    }

    #[test]
    fn an_execution_that_goes_on_is_no_good_end() {
        let open = SentLead { has_ended: false, ..sent("0001", &[]) };
        assert!(!Verdict::of(&[open], &counters()).is_good());
    }
}
