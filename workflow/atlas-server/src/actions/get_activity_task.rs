//! `GetActivityTask`: waits for a task, a minute at most, and answers with nothing where none came.

use serde_json::json;

use super::{Answer, nothing};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields, NAME},
};

pub(super) async fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let activity_arn = fields.required_text("activityArn", ARN);
    let worker_name = fields.text("workerName", NAME).map(str::to_owned);
    fields.finish()?;
    arn::check(activity_arn, "activity")?;
    let task = caller.engine().get_activity_task(activity_arn, worker_name).await?;
    Ok(task.map_or_else(
        nothing,
        |task| json!({ "taskToken": task.token.expose(), "input": task.input.text() }),
    ))
}
