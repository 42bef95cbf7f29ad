//! `UntagResource`.

use super::{Answer, list_tags_for_resource::find, nothing};
use crate::{
    app::Caller,
    request::{ARN, Fields},
    tags,
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let arn = fields.required_text("resourceArn", ARN);
    let keys = tags::keys(&mut fields);
    fields.finish()?;
    find(caller, arn)?;
    caller.account.untag(arn, &keys)?;
    Ok(nothing())
}
