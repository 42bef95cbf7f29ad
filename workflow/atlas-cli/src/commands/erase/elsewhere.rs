//! What other systems keep of somebody, and how it is erased there.

use std::collections::BTreeSet;

use atlas_engine::Person;
use handlers::records::KeptInteraction;

use super::Report;

/// What the id of a Lead begins with, and how long it is.
const LEAD: &str = "00Q";
const LEAD_LENGTHS: [usize; 2] = [15, 18];
/// A contact's id is a UUID with its hyphens.
const CONTACT_LENGTH: usize = 36;

/// `stack` is the name of the deployment where it is on AWS.
pub(super) fn tell(
    kept: &[KeptInteraction],
    person: &Person,
    stack: Option<&String>,
    report: &mut Report,
) {
    let all = |ids: fn(&KeptInteraction) -> &Vec<String>| -> Vec<String> {
        kept.iter().flat_map(ids).cloned().collect()
    };
    let external = |key: &str| format!("Interaction_Key__c = {key}");
    // What no record says the kind of is told by its form, and where that leaves it open, to both.
    let mut leads = all(|one| &one.lead_ids);
    leads.extend(kept.iter().map(|one| external(one.key.as_str())));
    let mut contacts = all(|one| &one.contact_ids);
    for key in unkept(kept, person) {
        let is_lead = key.starts_with(LEAD) && LEAD_LENGTHS.contains(&key.len());
        leads.push(if is_lead { key.to_owned() } else { external(key) });
        if key.len() == CONTACT_LENGTH {
            contacts.push(key.to_owned());
        }
    }
    report.not_reached(
        "Salesforce",
        "delete these leads and empty the recycle bin, or overwrite their names, numbers and addresses",
        leads,
    );
    if !contacts.is_empty() {
        report.not_reached(
            "Amazon Connect",
            "Connect keeps contact records for about two years; delete recordings and transcripts of these \
             contacts in the instance's S3 bucket",
            contacts,
        );
    }
    report.not_reached(
        "Amazon Lex",
        "a session ends by the time that the bot sets, at most a day; delete conversation logs where they \
         are turned on",
        Vec::new(),
    );
    if let Some(stack) = stack {
        report.not_reached(
            "CloudWatch Logs",
            "lines hold keys, never a number or an address, and go by the groups' retention; search these \
             for the keys above. The logs of the EXPRESS machine hold inputs only where includeExecutionData is set",
            atlas_deploy::log_groups(stack),
        );
        report.not_reached(
            "EXPRESS executions",
            "they end within 5 minutes and are listed nowhere; one that ran just now may have written a record \
             again: run this once more after that",
            Vec::new(),
        );
    }
    report.not_reached(
        "backups",
        "point-in-time recovery of the tables reaches back 35 days at most; delete on-demand backups, \
         snapshots and copies of `atlas dev`'s folder, and erase again after whatever is restored",
        Vec::new(),
    );
    report.kept(
        "`reveals.log` of each operator",
        "it says who looked at what, by keys; it holds no number and no address",
    );
}

/// The keys that no record says the kind of.
fn unkept<'a>(kept: &[KeptInteraction], person: &'a Person) -> impl Iterator<Item = &'a str> {
    let mut told: BTreeSet<String> = BTreeSet::new();
    for one in kept {
        told.insert(one.key.as_str().to_owned());
        told.extend(one.lead_ids.iter().chain(&one.contact_ids).cloned());
    }
    person.keys().filter(move |key| !told.contains(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_records_keys_are_told_by_their_form_and_names_are_those_of_the_stack() {
        let contact = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
        let person = Person::new([], [], ["00Q000000000001AAA", "key-of-ada", contact]);
        let mut report = Report::default();
        tell(&[], &person, Some(&"Leads".to_owned()), &mut report);
        let names = |place: &str| {
            let found = report.not_reached.iter().find(|it| it.place == place);
            found.map(|it| it.names.clone()).unwrap_or_default()
        };
        let external = |key: &str| format!("Interaction_Key__c = {key}");
        let leads = ["00Q000000000001AAA".to_owned(), external(contact), external("key-of-ada")];
        assert_eq!(names("Salesforce"), leads);
        assert_eq!(names("Amazon Connect"), [contact]);
        let groups = names("CloudWatch Logs");
        assert!(groups.contains(&"/aws/lambda/Leads-CreateLeadHandler".to_owned()), "{groups:?}");
    }
}
