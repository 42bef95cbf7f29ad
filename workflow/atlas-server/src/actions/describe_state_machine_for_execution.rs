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
    arn::check(execution_arn, "execution")?;
    let machine = caller.engine().describe(execution_arn)?.machine;
    let mut answer = told(&machine, includes_data);
    answer.insert("updateDate".into(), seconds(machine.updated_at));
    Ok(Value::Object(answer))
}
