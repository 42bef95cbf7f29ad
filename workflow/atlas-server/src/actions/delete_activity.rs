//! `DeleteActivity`: done as well where there is no such activity.

use super::{Answer, nothing};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let activity_arn = fields.required_text("activityArn", ARN);
    fields.finish()?;
    arn::check(activity_arn, "activity")?;
    caller.engine().delete_activity(activity_arn)?;
    caller.account.forget_tags(activity_arn)?;
    Ok(nothing())
}
