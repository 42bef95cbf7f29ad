//! `SendTaskFailure`.

use super::{Answer, nothing};
use crate::{
    app::Caller,
    request::{CAUSE, ERROR, Fields, TASK_TOKEN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let token = fields.required_text("taskToken", TASK_TOKEN);
    let error = fields.text("error", ERROR).map(str::to_owned);
    let cause = fields.text("cause", CAUSE).map(str::to_owned);
    fields.finish()?;
    caller.engine().send_task_failure(token, error, cause)?;
    Ok(nothing())
}
