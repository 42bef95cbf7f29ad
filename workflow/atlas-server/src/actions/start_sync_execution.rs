//! `StartSyncExecution`: starts an EXPRESS execution and answers with its end. How that end was does
//! not matter: the call itself has succeeded.

use atlas_asl::model::ExecutionType;
use atlas_core::Outcome;
use atlas_engine::{Engine, QualifiedArn};
use serde_json::{Map, Value, json};

use super::{Answer, includes_data, seconds, start_execution};
use crate::{api_error::ApiError, app::Caller, request::Fields};

/// AWS bills EXPRESS executions by started 100 ms and 64 MB.
const BILLED_MILLIS: i64 = 100;
const BILLED_MEGABYTES: i64 = 64;

pub(super) async fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let request = start_execution::read(&mut fields);
    let includes_data = includes_data(&mut fields);
    fields.finish()?;
    let machine_arn = request.machine_arn.split('#').next().unwrap_or_default();
    crate::arn::check(machine_arn, "stateMachine")?;
    let QualifiedArn { machine_arn, .. } = QualifiedArn::parse(machine_arn);
    let machine = caller.engine().state_machine(machine_arn)?;
    if machine.execution_type != ExecutionType::Express {
        return Err(ApiError::type_not_supported());
    }
    let started = request.start(caller, Engine::start_synchronous)?;
    let outcome = caller.engine().wait(&started.execution_arn).await?;
    let execution = caller.engine().describe(&started.execution_arn)?;
    let ended_at = execution.ended_at.unwrap_or(started.started_at);
    let included = json!({ "included": includes_data });
    let mut answer = Map::new();
    answer.insert("executionArn".into(), (*execution.execution_arn).into());
    answer.insert("stateMachineArn".into(), (*execution.state_machine_arn).into());
    answer.insert("name".into(), (*execution.name).into());
    answer.insert("startDate".into(), seconds(started.started_at));
    answer.insert("stopDate".into(), seconds(ended_at));
    answer.insert("status".into(), outcome.status().into());
    if includes_data {
        answer.insert("input".into(), execution.input.text().into());
    }
    answer.insert("inputDetails".into(), included.clone());
    if let (Outcome::Succeeded { output }, true) = (&outcome, includes_data) {
        answer.insert("output".into(), output.text().into());
    }
    // Recorded (v2 express, BASE_RAISE_FAILURE): also where there is none.
    answer.insert("outputDetails".into(), included);
    if let Some(failure) = outcome.failure() {
        for (field, text) in [("error", &failure.error), ("cause", &failure.cause)] {
            if let Some(text) = text {
                answer.insert(field.into(), text.as_str().into());
            }
        }
    }
    let millis = ended_at.millis_since(started.started_at).max(1);
    let billed = (millis + BILLED_MILLIS - 1) / BILLED_MILLIS * BILLED_MILLIS;
    answer.insert(
        "billingDetails".into(),
        json!({
            "billedMemoryUsedInMB": BILLED_MEGABYTES,
            "billedDurationInMilliseconds": billed,
        }),
    );
    Ok(Value::Object(answer))
}
