//! `ListExecutions`: the newest first.

use atlas_asl::model::ExecutionType;
use atlas_engine::{Description, QualifiedArn};
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
    &["SUCCEEDED", "TIMED_OUT", "PENDING_REDRIVE", "ABORTED", "FAILED", "RUNNING"];

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let machine_arn = fields.text("stateMachineArn", ARN);
    let map_run_arn = fields.text("mapRunArn", LONG_ARN);
    let status = fields.word("statusFilter", STATUSES);
    let redrive = fields.word("redriveFilter", &["REDRIVEN", "NOT_REDRIVEN"]);
    let size = fields.number("maxResults", page::MOST);
    let token = fields.text("nextToken", EXECUTIONS_PAGE_TOKEN);
    fields.finish()?;
    let (listed_arn, executions) = match (machine_arn, map_run_arn) {
        (Some(machine_arn), None) => {
            // botocore, `ListExecutionsInput`: only child executions wait to be redriven.
            if status == Some("PENDING_REDRIVE") {
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
            (machine_arn, of_machine(caller, machine_arn)?)
        }
        (None, Some(map_run_arn)) => {
            arn::check(map_run_arn, "mapRun")?;
            caller.engine().map_run(map_run_arn)?;
            (map_run_arn, caller.engine().children_of(map_run_arn))
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(ApiError::validation(
                "Must specify exactly one of stateMachineArn and mapRunArn",
            ));
        }
    };
    let before = page::after_number(token, listed_arn)?;
    let executions = executions.into_iter().filter(|(place, execution)| {
        before.is_none_or(|before| *place < before)
            && status.is_none_or(|status| execution.status() == status)
            && redrive
                .is_none_or(|redrive| (redrive == "REDRIVEN") != execution.redrives.is_empty())
    });
    let page = page::cut(executions, size, listed_arn, |(place, _)| place.to_string());
    let executions = page.items.iter().map(|(_, execution)| told(execution));
    let mut answer = Map::new();
    answer.insert("executions".into(), executions.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}

fn of_machine(caller: &Caller, machine_arn: &str) -> Result<Vec<(u64, Description)>, ApiError> {
    arn::check(machine_arn, "stateMachine")?;
    let QualifiedArn { machine_arn: own_arn, .. } = QualifiedArn::parse(machine_arn);
    let machine = caller.engine().state_machine(own_arn)?;
    if machine.execution_type == ExecutionType::Express {
        return Err(ApiError::type_not_supported());
    }
    Ok(caller.engine().executions_of(machine_arn))
}

fn told(execution: &Description) -> Value {
    let mut told = Map::new();
    told.insert("executionArn".into(), (*execution.execution_arn).into());
    told.insert("stateMachineArn".into(), (*execution.state_machine_arn).into());
    tell_version(execution, &mut told);
    told.insert("name".into(), (*execution.name).into());
    told.insert("status".into(), execution.status().into());
    told.insert("startDate".into(), seconds(execution.started_at));
    if let Some(ended_at) = execution.ended_at {
        told.insert("stopDate".into(), seconds(ended_at));
    }
    if let Some(child_of) = &execution.child_of {
        told.insert("mapRunArn".into(), (*child_of.map_run_arn).into());
        told.insert("itemCount".into(), child_of.item_count.into());
    }
    tell_redrives(execution, &mut told);
    Value::Object(told)
}
