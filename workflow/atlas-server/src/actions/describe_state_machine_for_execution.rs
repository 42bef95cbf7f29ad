//! `DescribeStateMachineForExecution`: the machine as it was when the execution began.

use serde_json::Value;

use super::{Answer, describe_state_machine::told, includes_data, seconds};
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
    let machine = &execution.machine;
    let mut answer = told(machine, includes_data);
    if let Some(child_of) = &execution.child_of {
        answer.insert("stateMachineArn".into(), (*execution.state_machine_arn).into());
        answer.insert("mapRunArn".into(), (*child_of.map_run_arn).into());
        answer.insert("label".into(), (*child_of.label).into());
        // What it runs is the processor alone.
        let definition = serde_json::from_str::<Value>(&machine.text).ok();
        let processor = definition.as_ref().and_then(|it| it.pointer(&child_of.pointer));
        if let (Some(processor), true) = (processor, includes_data) {
            answer.insert("definition".into(), processor.to_string().into());
        }
    }
    answer.insert("updateDate".into(), seconds(machine.updated_at));
    Ok(Value::Object(answer))
}
