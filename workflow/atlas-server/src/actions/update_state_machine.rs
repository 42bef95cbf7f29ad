//! `UpdateStateMachine`.

use atlas_engine::{MachineUpdate, Settings};
use serde_json::{Map, Value};

use super::{
    Answer,
    create_state_machine::{Publishing, checked},
    seconds,
};
use crate::{
    api_error::ApiError,
    app::Caller,
    arn,
    request::{ARN, DEFINITION, Fields},
    settings,
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let machine_arn = fields.required_text("stateMachineArn", ARN);
    let text = fields.text("definition", DEFINITION);
    let role_arn = fields.text("roleArn", ARN);
    let settings = settings::read(&mut fields);
    let publishing = Publishing::read(&mut fields);
    fields.finish()?;
    arn::check(machine_arn, "stateMachine")?;
    // Recorded (test_sfn_api, base_update_none; and in 2026 that it comes before the description of a version).
    if text.is_none() && role_arn.is_none() && settings == Settings::default() {
        return Err(ApiError::missing_parameter(
            "Either the definition, the role ARN, the LoggingConfiguration, or the \
             TracingConfiguration must be specified",
        ));
    }
    publishing.check()?;
    let known = caller.engine().state_machine(machine_arn)?;
    settings::check(&settings)?;
    let definition = text.map(|text| checked(text, known.execution_type)).transpose()?;
    let update = MachineUpdate { definition: definition.as_ref().zip(text), role_arn, settings };
    let machine = caller.engine().update_state_machine(machine_arn, &update)?;
    let mut answer = Map::new();
    answer.insert("updateDate".into(), seconds(machine.updated_at));
    if let Some(revision_id) = &machine.revision_id {
        answer.insert("revisionId".into(), (**revision_id).into());
    }
    publishing.publish(caller, &machine, &mut answer)?;
    Ok(Value::Object(answer))
}
