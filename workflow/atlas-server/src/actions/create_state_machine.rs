//! `CreateStateMachine`: idempotent by name, definition text, type and settings; role and tags of a
//! repeated call change nothing.

use atlas_asl::{
    diagnostic::Severity,
    model::{ExecutionType, StateMachine},
    validate::{self, NoContract},
};
use atlas_engine::NewMachine;
use serde_json::json;

use super::{Answer, seconds};
use crate::{
    api_error::ApiError,
    app::Caller,
    request::{ARN, DEFINITION, Fields, NAME},
    settings, tags,
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let name = fields.required_text("name", NAME);
    let text = fields.required_text("definition", DEFINITION);
    let role_arn = fields.required_text("roleArn", ARN);
    let execution_type = execution_type(&mut fields);
    let settings = settings::read(&mut fields);
    let tags = tags::given(&mut fields);
    let publishes = fields.flag("publish").unwrap_or_default();
    fields.finish()?;
    if publishes {
        return Err(ApiError::not_built("PublishStateMachineVersion"));
    }
    atlas_engine::check_name(name).map_err(atlas_engine::EngineError::from)?;
    settings::check(&settings)?;
    let definition = checked(text, execution_type)?;
    let is_new = caller.engine().state_machine(name).is_err();
    let machine = caller.engine().create_machine(NewMachine {
        name,
        execution_type,
        definition: &definition,
        text: Some(text),
        role_arn: Some(role_arn),
        settings,
    })?;
    if is_new {
        caller.account.tags.add(&machine.arn, tags)?;
    }
    Ok(json!({
        "stateMachineArn": *machine.arn,
        "creationDate": seconds(machine.created_at),
    }))
}

/// STANDARD unless the request says otherwise.
pub(super) fn execution_type(fields: &mut Fields<'_>) -> ExecutionType {
    match fields.word("type", &["STANDARD", "EXPRESS"]) {
        Some("EXPRESS") => ExecutionType::Express,
        _ => ExecutionType::Standard,
    }
}

/// The definition, if AWS would take it.
pub(super) fn checked(text: &str, execution_type: ExecutionType) -> Result<StateMachine, ApiError> {
    let (machine, mut faults) = validate::check(text, execution_type, &NoContract);
    faults.retain(|fault| fault.severity == Severity::Error);
    match machine {
        Some(machine) if faults.is_empty() => Ok(machine),
        _ => Err(ApiError::invalid_definition(faults)),
    }
}
