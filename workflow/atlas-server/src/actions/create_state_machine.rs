//! `CreateStateMachine`: idempotent by name, definition text, type and settings; role and tags of a
//! repeated call change nothing. A call that published a version is repeated with the same
//! description, and answers with that version again.

use atlas_asl::{
    diagnostic::{Code, Diagnostic, Severity},
    model::{ExecutionType, StateMachine},
    validate::{self, NoContract},
};
use atlas_engine::{Machine, NewMachine, Version};
use serde_json::{Map, Value};

use super::{Answer, seconds};
use crate::{
    api_error::ApiError,
    app::Caller,
    label_fault,
    request::{ARN, DEFINITION, DESCRIPTION, Fields, NAME},
    settings, tags,
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let name = fields.required_text("name", NAME);
    let text = fields.required_text("definition", DEFINITION);
    let role_arn = fields.required_text("roleArn", ARN);
    let execution_type = execution_type(&mut fields);
    let settings = settings::read(&mut fields);
    let tags = tags::given(&mut fields);
    let publishing = Publishing::read(&mut fields);
    fields.finish()?;
    publishing.check()?;
    atlas_engine::check_name(name).map_err(atlas_engine::EngineError::from)?;
    settings::check(&settings)?;
    let definition = checked(text, execution_type)?;
    let is_new = caller.engine().state_machine(name).is_err();
    if is_new {
        tags::check(&tags)?;
    }
    let machine = caller.engine().create_machine(NewMachine {
        name,
        execution_type,
        definition: &definition,
        text: Some(text),
        role_arn: Some(role_arn),
        settings,
    })?;
    let mut answer = Map::new();
    answer.insert("stateMachineArn".into(), (*machine.arn).into());
    answer.insert("creationDate".into(), seconds(machine.created_at));
    let versions = caller.engine().versions(&machine.arn)?;
    if is_new {
        caller.account.tag(&machine.arn, tags)?;
    }
    match versions.last() {
        Some(first) => {
            publishing.check_repeated(first)?;
            answer.insert("stateMachineVersionArn".into(), (*first.arn).into());
        }
        None => publishing.publish(caller, &machine, &mut answer)?,
    }
    Ok(Value::Object(answer))
}

/// Whether the machine is to be published at once, and how that version is described.
pub(super) struct Publishing<'a> {
    is_wanted: bool,
    description: Option<&'a str>,
}

impl<'a> Publishing<'a> {
    pub(super) fn read(fields: &mut Fields<'a>) -> Self {
        Self {
            is_wanted: fields.flag("publish").unwrap_or_default(),
            description: fields.text("versionDescription", DESCRIPTION),
        }
    }

    pub(super) fn check(&self) -> Result<(), ApiError> {
        if self.description.is_some() && !self.is_wanted {
            let message = "Version description can only be set when publish is true";
            return Err(ApiError::validation(message));
        }
        Ok(())
    }

    /// Whether a call that created a machine and this version of it may have been repeated.
    fn check_repeated(&self, first: &Version) -> Result<(), ApiError> {
        let refused = |how: &str| {
            let what = "This state machine was already created with a published version";
            Err(ApiError::machine_exists(&format!("{what}{how}.")))
        };
        if !self.is_wanted {
            return refused("");
        }
        if self.description != first.description.as_deref() {
            return refused(" using a different description");
        }
        Ok(())
    }

    pub(super) fn publish(
        &self,
        caller: &Caller,
        machine: &Machine,
        answer: &mut Map<String, Value>,
    ) -> Result<(), ApiError> {
        if self.is_wanted {
            let version = caller.engine().publish_version(&machine.arn, None, self.description)?;
            answer.insert("stateMachineVersionArn".into(), (*version.arn).into());
        }
        Ok(())
    }
}

/// STANDARD unless the request says otherwise.
pub(super) fn execution_type(fields: &mut Fields<'_>) -> ExecutionType {
    match fields.word("type", &["STANDARD", "EXPRESS"]) {
        Some("EXPRESS") => ExecutionType::Express,
        _ => ExecutionType::Standard,
    }
}

/// What is wrong with a definition, in AWS's order (recorded in 2026): transitions come after all else, and
/// of these the states last to which none leads.
pub(super) fn found(
    text: &str,
    execution_type: ExecutionType,
) -> (Option<StateMachine>, Vec<Diagnostic>) {
    let (machine, mut found) = validate::check(text, execution_type, &NoContract);
    found.sort_by_key(|found| {
        let is_of_transitions = found.code == Code::MissingTransitionTarget;
        (is_of_transitions, is_of_transitions && found.message.ends_with("is not reachable."))
    });
    (machine, found)
}

/// The definition, if AWS would take it.
pub(crate) fn checked(text: &str, execution_type: ExecutionType) -> Result<StateMachine, ApiError> {
    let (machine, mut faults) = found(text, execution_type);
    faults.retain(|fault| fault.severity == Severity::Error);
    match (machine, label_fault::refusal(&faults, text)) {
        (Some(machine), _) if faults.is_empty() => Ok(machine),
        (_, Some(refusal)) => Err(ApiError::invalid_label(refusal)),
        (_, None) => Err(ApiError::invalid_definition(faults)),
    }
}
