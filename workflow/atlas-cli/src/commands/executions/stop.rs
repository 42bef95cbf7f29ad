//! `atlas executions stop`.

use std::process::ExitCode;

use super::{
    Desk,
    bulk::{Deed, carry_out, counted, only_say, those},
};
use crate::{
    arguments::executions::Stop,
    failure::{Outcome, say},
    operator::confirm,
};

const STOP: Deed = Deed { verb: "stop", done: "stopped" };

pub(super) async fn run(desk: &Desk, asked: Stop) -> Outcome {
    let executions = those(desk, &asked.those, &["RUNNING"]).await?;
    if asked.those.dry_run {
        return only_say(desk, &STOP, &executions);
    }
    if executions.is_empty() {
        say("no execution is so; nothing was done");
        return Ok(ExitCode::SUCCESS);
    }
    confirm(&format!("Stop {}?", counted(executions.len())), asked.those.yes)?;
    let (error, cause) = (asked.error, asked.cause);
    carry_out(desk, &STOP, executions, Vec::new(), |arn| {
        let (api, error, cause) = (desk.reached.api.clone(), error.clone(), cause.clone());
        async move { api.stop(&arn, error.as_deref(), cause.as_deref()).await }
    })
    .await
}
