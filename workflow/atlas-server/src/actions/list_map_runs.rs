//! `ListMapRuns`: those of an execution, the newest first.

use serde_json::{Map, Value};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn, page,
    request::{ARN, Fields, PAGE_TOKEN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let execution_arn = fields.required_text("executionArn", ARN);
    let size = fields.number("maxResults", page::MOST);
    let token = fields.text("nextToken", PAGE_TOKEN);
    fields.finish()?;
    arn::check(execution_arn, "execution")?;
    let listing = format!("map runs of {execution_arn}");
    let before = page::after_number(token, &listing)?;
    let machine_arn = caller.engine().describe(execution_arn)?.state_machine_arn;
    let runs = caller.engine().map_runs(execution_arn)?;
    let runs = (0u64..).zip(runs).collect::<Vec<_>>().into_iter().rev();
    let runs = runs.filter(|(place, _)| before.is_none_or(|before| *place < before));
    let page = page::cut(runs, size, &listing, |(place, _)| place.to_string());
    let runs = page.items.iter().map(|(_, run)| {
        let mut told = Map::new();
        told.insert("executionArn".into(), execution_arn.into());
        told.insert("mapRunArn".into(), (*run.arn).into());
        told.insert("stateMachineArn".into(), (*machine_arn).into());
        told.insert("startDate".into(), seconds(run.started_at));
        if let Some(ended_at) = run.ended_at {
            told.insert("stopDate".into(), seconds(ended_at));
        }
        Value::Object(told)
    });
    let mut answer = Map::new();
    answer.insert("mapRuns".into(), runs.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}
