//! What other systems keep of somebody, and how it is erased there.

use handlers::records::KeptInteraction;

use super::Report;

/// What a deployment is called where nobody says otherwise.
const STACK: &str = "AtlasEngine";

pub(super) fn tell(kept: &[KeptInteraction], is_of_aws: bool, report: &mut Report) {
    let all = |ids: fn(&KeptInteraction) -> &Vec<String>| -> Vec<String> {
        kept.iter().flat_map(ids).cloned().collect()
    };
    let external = kept.iter().map(|one| format!("Interaction_Key__c = {}", one.key));
    report.not_reached(
        "Salesforce",
        "delete these leads and empty the recycle bin, or overwrite their names, numbers and addresses",
        all(|one| &one.lead_ids).into_iter().chain(external).collect(),
    );
    let contacts = all(|one| &one.contact_ids);
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
    if is_of_aws {
        report.not_reached(
            "CloudWatch Logs",
            "lines hold keys, never a number or an address, and go by the groups' retention; search these \
             for the keys above; they are named as in a stack `AtlasEngine`, and begin with another's name there. The logs of the EXPRESS machine hold \
             inputs only where includeExecutionData is set",
            atlas_deploy::log_groups(STACK),
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
