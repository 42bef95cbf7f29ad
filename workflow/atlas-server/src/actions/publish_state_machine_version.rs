//! `PublishStateMachineVersion`: idempotent by revision.

use serde_json::json;

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn,
    request::{ARN, DESCRIPTION, Fields, REVISION_ID},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let machine_arn = fields.required_text("stateMachineArn", ARN);
    let revision_id = fields.text("revisionId", REVISION_ID);
    let description = fields.text("description", DESCRIPTION);
    fields.finish()?;
    arn::check(machine_arn, "stateMachine")?;
    let version = caller.engine().publish_version(machine_arn, revision_id, description)?;
    Ok(json!({
        "creationDate": seconds(version.created_at),
        "stateMachineVersionArn": *version.arn,
    }))
}
