//! `StopExecution`.

use serde_json::json;

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn,
    request::{ARN, CAUSE, ERROR, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let execution_arn = fields.required_text("executionArn", ARN);
    let error = fields.text("error", ERROR).map(str::to_owned);
    let cause = fields.text("cause", CAUSE).map(str::to_owned);
    fields.finish()?;
    arn::check(execution_arn, "execution")?;
    let ended_at = caller.engine().stop(execution_arn, error, cause)?;
    Ok(json!({ "stopDate": seconds(ended_at) }))
}
