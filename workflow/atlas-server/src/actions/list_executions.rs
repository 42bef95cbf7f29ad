//! `ListExecutions`: the newest first.

use atlas_asl::model::ExecutionType;
use atlas_engine::QualifiedArn;
use serde_json::{Map, Value};

use super::{Answer, seconds, tell_version};
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
    let machine_arn = match (machine_arn, map_run_arn) {
        (Some(machine_arn), None) => machine_arn,
        (None, Some(_)) => return Err(ApiError::not_built("ListExecutions of a map run")),
        (Some(_), Some(_)) | (None, None) => {
            return Err(ApiError::validation(
                "Must specify exactly one of stateMachineArn and mapRunArn",
            ));
        }
    };
    arn::check(machine_arn, "stateMachine")?;
    let QualifiedArn { machine_arn: own_arn, .. } = QualifiedArn::parse(machine_arn);
    let machine = caller.engine().state_machine(own_arn)?;
    if machine.execution_type == ExecutionType::Express {
        return Err(ApiError::type_not_supported());
    }
    let before = page::after_number(token, machine_arn)?;
    let executions =
        caller.engine().executions_of(machine_arn).into_iter().filter(|(place, execution)| {
            before.is_none_or(|before| *place < before)
                && status.is_none_or(|status| execution.status() == status)
                && redrive != Some("REDRIVEN")
        });
    let page = page::cut(executions, size, machine_arn, |(place, _)| place.to_string());
    let executions = page.items.iter().map(|(_, execution)| {
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
        told.insert("redriveCount".into(), 0.into());
        Value::Object(told)
    });
    let mut answer = Map::new();
    answer.insert("executions".into(), executions.collect());
    page.tell_next(&mut answer);
    Ok(Value::Object(answer))
}
