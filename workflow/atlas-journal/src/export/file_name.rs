//! Which file of an export something goes to. Names come from whoever named executions: nothing in them
//! leads elsewhere.

use std::path::{Path, PathBuf};

use atlas_core::{Identity, Timestamp};
use atlas_engine::Place;

use crate::logs::safe;

/// `executions/ACCOUNT/REGION/MACHINE/2026-11-20T17-04-05.250Z_NAME.json`: in the order in which they began.
pub(super) fn of_execution(place: &Place, identity: &Identity, began: Timestamp) -> PathBuf {
    let began = began.to_string().replace(':', "-");
    Path::new("executions")
        .join(safe(&place.account))
        .join(safe(&place.region))
        .join(safe(&identity.state_machine_name))
        .join(format!("{began}_{}.json", safe(&identity.execution_name)))
}

/// `machines/ACCOUNT/REGION/stateMachine%3ANAME.json`.
pub(super) fn of_document(region: &str, account: &str, shelf: &str, arn: &str) -> PathBuf {
    // arn:aws:states:REGION:ACCOUNT:stateMachine:NAME
    let name_at = arn.match_indices(':').nth(4).map_or(0, |(at, _)| at + 1);
    Path::new(shelf)
        .join(safe(account))
        .join(safe(region))
        .join(format!("{}.json", safe(&arn[name_at..])))
}
