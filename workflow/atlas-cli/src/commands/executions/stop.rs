//! `atlas executions stop`.

use super::{
    Desk,
    bulk::{Chosen, Deed, carry_out, counted, none, only_say, those},
};
use crate::{
    arguments::executions::Stop,
    failure::Outcome,
    operator::{Listed, confirm},
};

const STOP: Deed = Deed { verb: "stop", done: "stopped" };

pub(super) async fn run(desk: &Desk, asked: Stop) -> Outcome {
    let Chosen { executions, left_out } = those(desk, &asked.those, &["RUNNING"]).await?;
    if asked.those.dry_run {
        return only_say(desk, &STOP, &executions, &left_out, Listed::document);
    }
    if executions.is_empty() && left_out.is_empty() {
        return none(desk);
    }
    if !executions.is_empty() {
        confirm(&format!("Stop {}?", counted(executions.len())), asked.those.yes)?;
    }
    let (error, cause) = (asked.error, asked.cause);
    carry_out(desk, &STOP, executions, left_out, |arn| {
        let (api, error, cause) = (desk.reached.api.clone(), error.clone(), cause.clone());
        async move { api.stop(&arn, error.as_deref(), cause.as_deref()).await }
    })
    .await
}
