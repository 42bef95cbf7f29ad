//! `RedriveExecution`: idempotent by `clientToken`.

use serde_json::json;

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn,
    request::{ARN, CLIENT_TOKEN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let execution_arn = fields.required_text("executionArn", ARN);
    let client_token = fields.text("clientToken", CLIENT_TOKEN);
    fields.finish()?;
    arn::check(execution_arn, "execution")?;
    let redriven_at = caller.engine().redrive(execution_arn, client_token)?;
    Ok(json!({ "redriveDate": seconds(redriven_at) }))
}
