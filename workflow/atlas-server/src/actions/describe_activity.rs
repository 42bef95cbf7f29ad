//! `DescribeActivity`.

use serde_json::json;

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let activity_arn = fields.required_text("activityArn", ARN);
    fields.finish()?;
    arn::check(activity_arn, "activity")?;
    let activity = caller.engine().activity(activity_arn)?;
    Ok(json!({
        "activityArn": *activity.arn,
        "name": *activity.name,
        "creationDate": seconds(activity.created_at),
        "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
    }))
}
