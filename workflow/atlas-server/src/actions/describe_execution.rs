//! `DescribeExecution`.

use atlas_core::{NotRedrivable, Outcome};
use atlas_engine::Description;
use serde_json::{Map, Value, json};

use super::{Answer, includes_data, seconds, tell_redrives, tell_version};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let execution_arn = fields.required_text("executionArn", ARN);
    let includes_data = includes_data(&mut fields);
    fields.finish()?;
    arn::check_execution(caller, execution_arn)?;
    let execution = caller.engine().describe(execution_arn)?;
    let included = json!({ "included": includes_data });
    let mut answer = Map::new();
    answer.insert("executionArn".into(), (*execution.execution_arn).into());
    answer.insert("stateMachineArn".into(), (*execution.state_machine_arn).into());
    tell_version(execution.version_arn.as_deref(), execution.alias_arn.as_deref(), &mut answer);
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
    tell_redrives(&execution.redrives, &mut answer);
    tell_redrivability(&execution, &mut answer);
    if let Some(child_of) = &execution.child_of {
        answer.insert("mapRunArn".into(), (*child_of.map_run_arn).into());
    }
    Ok(Value::Object(answer))
}

fn tell_redrivability(execution: &Description, answer: &mut Map<String, Value>) {
    let is_express_child = execution.child_of.is_some() && execution.redrivable == EXPRESS;
    let status = match execution.redrivable {
        Ok(()) => "REDRIVABLE",
        // AWS: such a child is started anew when its map run is redriven.
        Err(_) if is_express_child => "REDRIVABLE_BY_MAP_RUN",
        Err(_) => "NOT_REDRIVABLE",
    };
    answer.insert("redriveStatus".into(), status.into());
    if let (Err(why), false) = (execution.redrivable, is_express_child) {
        answer.insert("redriveStatusReason".into(), why.to_string().into());
    }
}

const EXPRESS: Result<(), NotRedrivable> = Err(NotRedrivable::Express);
