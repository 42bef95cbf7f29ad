//! `ListExecutions`: the newest first.

use atlas_asl::model::ExecutionType;
use atlas_engine::{
    QualifiedArn,
    archive::{Listing, Of, Status, Statuses, Summary},
};
use serde_json::{Map, Value};

use super::{Answer, seconds, tell_redrives, tell_version};
use crate::{
    api_error::ApiError,
    app::Caller,
    arn, page,
    request::{ARN, EXECUTIONS_PAGE_TOKEN, Fields, LONG_ARN},
};

/// In the order in which AWS lists them (recorded, test_sfn_api, status_filter).
const STATUSES: &[&str] =
    &["SUCCEEDED", "TIMED_OUT", PENDING_REDRIVE, "ABORTED", "FAILED", "RUNNING"];
const PENDING_REDRIVE: &str = "PENDING_REDRIVE";

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let machine_arn = fields.text("stateMachineArn", ARN);
    let map_run_arn = fields.text("mapRunArn", LONG_ARN);
    let status = fields.word("statusFilter", STATUSES);
    let redrive = fields.word("redriveFilter", &["REDRIVEN", "NOT_REDRIVEN"]);
    let size = fields.number("maxResults", page::MOST);
    let token = fields.text("nextToken", EXECUTIONS_PAGE_TOKEN);
    fields.finish()?;
    let listed_arn = match (machine_arn, map_run_arn) {
        (Some(machine_arn), None) => {
            // botocore, `ListExecutionsInput`: only child executions wait to be redriven.
            if status == Some(PENDING_REDRIVE) {
                return Err(ApiError::validation(
                    "statusFilter PENDING_REDRIVE can only be specified with mapRunArn",
                ));
            }
            // Recorded in 2026.
            if redrive.is_some() {
                return Err(ApiError::validation(
                    "RedriveFilter cannot be applied to ListExecutions call with StateMachine ARN",
                ));
            }
            check_machine(caller, machine_arn)?;
            machine_arn
        }
        (None, Some(map_run_arn)) => {
            arn::check(map_run_arn, "mapRun")?;
            caller.engine().map_run(map_run_arn)?;
            map_run_arn
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(ApiError::validation(
                "Must specify exactly one of stateMachineArn and mapRunArn",
            ));
        }
    };
    let listing = Listing {
        statuses: status.and_then(Status::of_str).map_or(Statuses::ALL, Statuses::from),
        redriven: redrive.map(|redrive| redrive == "REDRIVEN"),
        after: page::after_number(token, listed_arn)?,
        // AWS's pages are full as long as there is another.
        most_seen: usize::MAX,
        // With the one that shows that there is another page.
        ..Listing::of(Of::Arn(listed_arn), page::size(size) + 1)
    };
    let executions = match status {
        // Nothing waits for that: a redrive lets all of its children go on at once.
        Some(PENDING_REDRIVE) => Vec::new(),
        _ => caller.engine().list(&listing)?.executions,
    };
    let page = page::cut(executions, size, listed_arn, |summary| summary.number.to_string());
    let executions = page.items.iter().map(told);
    let mut answer = Map::new();
    answer.insert("executions".into(), executions.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}

fn check_machine(caller: &Caller, machine_arn: &str) -> Result<(), ApiError> {
    arn::check(machine_arn, "stateMachine")?;
    let QualifiedArn { machine_arn: own_arn, .. } = QualifiedArn::parse(machine_arn);
    let machine = caller.engine().state_machine(own_arn)?;
    if machine.execution_type == ExecutionType::Express {
        return Err(ApiError::type_not_supported());
    }
    Ok(())
}

fn told(summary: &Summary) -> Value {
    let Summary { identity, item_count, stage, .. } = summary;
    let mut told = Map::new();
    told.insert("executionArn".into(), (*identity.execution_arn).into());
    told.insert("stateMachineArn".into(), (*identity.state_machine_arn).into());
    tell_version(identity.version_arn.as_deref(), identity.alias_arn.as_deref(), &mut told);
    told.insert("name".into(), (*identity.execution_name).into());
    told.insert("status".into(), stage.status.as_str().into());
    told.insert("startDate".into(), seconds(stage.started_at));
    if let Some(ended_at) = stage.ended_at {
        told.insert("stopDate".into(), seconds(ended_at));
    }
    if let Some(map_run_arn) = &identity.map_run_arn {
        told.insert("mapRunArn".into(), (**map_run_arn).into());
    }
    if let Some(item_count) = item_count {
        told.insert("itemCount".into(), (*item_count).into());
    }
    tell_redrives(&stage.redrives, &mut told);
    Value::Object(told)
}
