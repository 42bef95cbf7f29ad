//! `SendTaskSuccess`.

use super::{Answer, nothing};
use crate::{
    app::Caller,
    request::{DATA, Fields, TASK_TOKEN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let token = fields.required_text("taskToken", TASK_TOKEN);
    let output = fields.required_text("output", DATA);
    fields.finish()?;
    caller.engine().send_task_success(token, output)?;
    Ok(nothing())
}
