//! `SendTaskHeartbeat`.

use super::{Answer, nothing};
use crate::{
    app::Caller,
    request::{Fields, TASK_TOKEN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let token = fields.required_text("taskToken", TASK_TOKEN);
    fields.finish()?;
    caller.engine().send_task_heartbeat(token)?;
    Ok(nothing())
}
