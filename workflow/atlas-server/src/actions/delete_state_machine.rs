//! `DeleteStateMachine`: done as well where there is no such machine. What runs goes on.

use super::{Answer, nothing};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let machine_arn = fields.required_text("stateMachineArn", ARN);
    fields.finish()?;
    arn::check(machine_arn, "stateMachine")?;
    caller.engine().delete_state_machine(machine_arn)?;
    caller.account.forget_tags(machine_arn)?;
    Ok(nothing())
}
