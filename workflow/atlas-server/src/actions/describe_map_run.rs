//! `DescribeMapRun`.

use atlas_core::{MapRun, MapRunCounts, MapRunStatus};
use serde_json::{Map, Value, json};

use super::{Answer, seconds};
use crate::{
    app::Caller,
    arn,
    request::{Fields, LONG_ARN},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let map_run_arn = fields.required_text("mapRunArn", LONG_ARN);
    fields.finish()?;
    arn::check(map_run_arn, "mapRun")?;
    let (run, execution_arn) = caller.engine().map_run(map_run_arn)?;
    let MapRun { limits, redrive_count, .. } = &run;
    let mut answer = Map::new();
    answer.insert("mapRunArn".into(), (*run.arn).into());
    answer.insert("executionArn".into(), (*execution_arn).into());
    answer.insert("status".into(), run.status.as_str().into());
    answer.insert("startDate".into(), seconds(run.started_at));
    if let Some(ended_at) = run.ended_at {
        answer.insert("stopDate".into(), seconds(ended_at));
    }
    answer.insert("maxConcurrency".into(), limits.max_concurrency.unwrap_or(0).into());
    answer.insert(
        "toleratedFailurePercentage".into(),
        limits.tolerated_failure_percentage.unwrap_or(0.0).into(),
    );
    answer
        .insert("toleratedFailureCount".into(), limits.tolerated_failure_count.unwrap_or(0).into());
    answer.insert("itemCounts".into(), counted(&run.items, run.status));
    answer.insert("executionCounts".into(), counted(&run.executions, run.status));
    answer.insert("redriveCount".into(), (*redrive_count).into());
    if let Some(redriven_at) = run.redriven_at {
        answer.insert("redriveDate".into(), seconds(redriven_at));
    }
    Ok(Value::Object(answer))
}

fn counted(counts: &MapRunCounts, status: MapRunStatus) -> Value {
    // What failed in a run that succeeded all the same is not run again.
    let is_final = status == MapRunStatus::Succeeded;
    json!({
        "pending": counts.pending,
        "running": counts.running,
        "succeeded": counts.succeeded,
        "failed": counts.failed,
        "timedOut": counts.timed_out,
        "aborted": counts.aborted,
        "total": counts.total(),
        "resultsWritten": counts.results_written,
        "failuresNotRedrivable": if is_final { counts.unsuccessful() } else { 0 },
        "pendingRedrive": counts.pending_redrive,
    })
}
