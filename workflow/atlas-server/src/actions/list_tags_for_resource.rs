//! `ListTagsForResource`.

use atlas_engine::{QualifiedArn, Qualifier};
use serde_json::json;

use super::Answer;
use crate::{
    api_error::ApiError,
    app::Caller,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let arn = fields.required_text("resourceArn", ARN);
    fields.finish()?;
    // A version can have no tags, but is asked for them in vain.
    if !is_version(caller, arn) {
        find(caller, arn)?;
    }
    Ok(json!({ "tags": caller.account.tags.list(arn) }))
}

fn is_version(caller: &Caller, arn: &str) -> bool {
    match QualifiedArn::parse(arn) {
        QualifiedArn { machine_arn, qualifier: Some(Qualifier::Version(number)) } => {
            caller.engine().version(machine_arn, number).is_ok()
        }
        _ => false,
    }
}

/// Says whether there is a machine or an activity of this ARN.
pub(super) fn find(caller: &Caller, arn: &str) -> Result<(), ApiError> {
    let engine = caller.engine();
    let is_known = match arn.split(':').nth(5) {
        Some("stateMachine") => engine.state_machine(arn).is_ok(),
        Some("activity") => engine.activity(arn).is_ok(),
        _ => false,
    };
    if is_known { Ok(()) } else { Err(ApiError::resource_not_found(arn)) }
}
