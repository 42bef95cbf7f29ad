//! What executions can be looked for.

use atlas_core::Identity;
use atlas_engine::{BusinessKey, PhoneHashKey, Place, archive::Status};

use crate::tables::SEPARATOR;

/// Behind region and account, before a lead, an attempt or a contact.
const NAME: &str = "key";
/// The same, before the hash of a phone number.
pub(crate) const PHONE: &str = "phone";

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
pub(crate) fn of_key(place: &Place, key: &BusinessKey) -> String {
    let (kind, key) = match key {
        BusinessKey::Name(name) => (NAME, name),
        BusinessKey::Phone(hash) => (PHONE, hash),
    };
    term(&[&place.region, &place.account, kind, key])
}

/// Under which an execution is found that has this document.
pub(crate) fn of_document(
    place: &Place,
    document: &str,
    phone_hash_key: Option<&PhoneHashKey>,
) -> Vec<String> {
    let keys = BusinessKey::all_in(document, phone_hash_key);
    keys.iter().map(|key| of_key(place, key)).collect()
}

/// Those that tasks of an execution started.
pub(crate) fn of_parent(execution_arn: &str) -> String {
    term(&[execution_arn, "started"])
}

/// Whether those of a term are those of one status, and are counted.
pub(crate) fn has_status(term: &str) -> bool {
    let parts: Vec<&str> = term.split(SEPARATOR).collect();
    // Of an ARN, or of a region and account.
    matches!(parts[..], [_, status] | [_, _, status] if Status::of_str(status).is_some())
}

fn term(parts: &[&str]) -> String {
    parts.join(&SEPARATOR.to_string())
}
