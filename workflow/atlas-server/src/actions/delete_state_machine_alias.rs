//! `DeleteStateMachineAlias`: done as well where there is no such alias. The versions stay.

use super::{Answer, nothing};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let alias_arn = fields.required_text("stateMachineAliasArn", ARN);
    fields.finish()?;
    arn::check(alias_arn, "stateMachine")?;
    caller.engine().delete_alias(alias_arn)?;
    Ok(nothing())
}
