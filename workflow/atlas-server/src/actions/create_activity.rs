//! `CreateActivity`: idempotent by name; tags of a repeated call change nothing.

use serde_json::{Value, json};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    request::{Fields, NAME},
    settings, tags,
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let name = fields.required_text("name", NAME);
    let tags = tags::given(&mut fields);
    settings::check_encryption(&mut fields);
    let encryption = fields.structure("encryptionConfiguration").cloned().map(Value::Object);
    fields.finish()?;
    if let Some(encryption) = &encryption {
        settings::check_key(encryption)?;
    }
    let is_known = caller.engine().activities().iter().any(|known| *known.name == *name);
    if !is_known {
        tags::check(&tags)?;
    }
    let activity = caller.engine().create_activity(name)?;
    if !is_known {
        caller.account.tag(&activity.arn, tags)?;
    }
    Ok(json!({
        "activityArn": *activity.arn,
        "creationDate": seconds(activity.created_at),
    }))
}
