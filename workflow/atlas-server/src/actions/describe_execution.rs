//! `DescribeExecution`.

use atlas_core::Outcome;
use atlas_engine::Description;
use serde_json::{Map, Value, json};

use super::{Answer, includes_data, seconds, tell_version};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let execution_arn = fields.required_text("executionArn", ARN);
    let includes_data = includes_data(&mut fields);
    fields.finish()?;
    arn::check(execution_arn, "execution")?;
    let execution = caller.engine().describe(execution_arn)?;
    let included = json!({ "included": includes_data });
    let mut answer = Map::new();
    answer.insert("executionArn".into(), (*execution.execution_arn).into());
    answer.insert("stateMachineArn".into(), (*execution.state_machine_arn).into());
    tell_version(&execution, &mut answer);
    answer.insert("name".into(), (*execution.name).into());
    answer.insert("status".into(), execution.status().into());
    answer.insert("startDate".into(), seconds(execution.started_at));
    if let Some(ended_at) = execution.ended_at {
        answer.insert("stopDate".into(), seconds(ended_at));
    }
    if includes_data {
        answer.insert("input".into(), execution.input.text().into());
    }
    answer.insert("inputDetails".into(), included.clone());
    if let Some(Outcome::Succeeded { output }) = &execution.outcome {
        if includes_data {
            answer.insert("output".into(), output.text().into());
        }
        answer.insert("outputDetails".into(), included);
    }
    if let Some(failure) = execution.outcome.as_ref().and_then(Outcome::failure) {
        for (field, text) in [("error", &failure.error), ("cause", &failure.cause)] {
            if let Some(text) = text {
                answer.insert(field.into(), text.as_str().into());
            }
        }
    }
    tell_redrive(&execution, &mut answer);
    Ok(Value::Object(answer))
}

fn tell_redrive(execution: &Description, answer: &mut Map<String, Value>) {
    answer.insert("redriveCount".into(), 0.into());
    let reason = match &execution.outcome {
        None => "Execution is RUNNING and cannot be redriven",
        Some(Outcome::Succeeded { .. }) => "Execution is SUCCEEDED and cannot be redriven",
        Some(Outcome::Failed(_) | Outcome::TimedOut(_) | Outcome::Aborted(_)) => {
            answer.insert("redriveStatus".into(), "REDRIVABLE".into());
            return;
        }
    };
    answer.insert("redriveStatus".into(), "NOT_REDRIVABLE".into());
    answer.insert("redriveStatusReason".into(), reason.into());
}
