//! Leads that differ in what matters: each has a key and a number of its own.

use atlas_core::Payload;
use serde_json::{Value, json};

use super::verdict::SentLead;

/// More numbers than these do not differ in seven digits.
pub(crate) const MOST_LEADS: u32 = 100_000;

/// A lead, and what this side knows of it. The last digits of a number decide how its call ends, so
/// some lines are busy, some are not answered, and some fail.
pub(super) fn lead(index: u32) -> (Payload, SentLead) {
    let mut document: Value =
        serde_json::from_str(definitions::SAMPLE_LEAD).expect("the sample lead is JSON");
    let key = format!("load{index:028}");
    let number = format!("+1415{:07}", 5_500_000 + index);
    document["interactionKey"] = json!(key);
    document["lead"]["phone"] = json!(number);
    document["lead"]["topic"] = json!(["pricing", "demo", "support"][index as usize % 3]);
    document["call"]["maxAttempts"] = json!(1 + index % 2);
    (Payload::from(document), SentLead { key, number, has_ended: false, failures: Vec::new() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use definitions::contract::Intake;

    use super::*;

    #[test]
    fn each_lead_is_one_and_has_a_key_and_a_number_of_its_own() {
        let mut seen = BTreeSet::new();
        for index in [0, 1, 2, 190, 9_999, MOST_LEADS - 1] {
            let (input, sent) = lead(index);
            Intake::parse(input.value()).unwrap();
            assert!(seen.insert(sent.key) && seen.insert(sent.number), "{index}");
        }
    }
}
