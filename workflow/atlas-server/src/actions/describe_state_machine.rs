//! `DescribeStateMachine`.

use std::sync::Arc;

use atlas_asl::validate::variable_references;
use atlas_engine::{Machine, QualifiedArn, Qualifier, Version};
use serde_json::{Map, Value, json};

use super::{Answer, includes_data, seconds};
use crate::{
    app::Caller,
    arn,
    request::{ARN, Fields},
    settings,
};

pub(super) fn handle(caller: &Caller, mut fields: Fields<'_>) -> Answer {
    let machine_arn = fields.required_text("stateMachineArn", ARN);
    let includes_data = includes_data(&mut fields);
    fields.finish()?;
    arn::check(machine_arn, "stateMachine")?;
    let engine = caller.engine();
    let (machine, version) = match QualifiedArn::parse(machine_arn) {
        QualifiedArn { machine_arn: own_arn, qualifier: Some(Qualifier::Version(number)) } => {
            let version = engine.version(own_arn, number)?;
            (Arc::clone(&version.machine), Some(version))
        }
        _ => (engine.state_machine(machine_arn)?, None),
    };
    let mut answer = told(&machine, includes_data);
    answer.insert("status".into(), "ACTIVE".into());
    answer.insert("type".into(), machine.execution_type.as_str().into());
    answer.insert("creationDate".into(), seconds(machine.created_at));
    if let Some(version) = version {
        tell_version(&version, &mut answer);
    }
    Ok(Value::Object(answer))
}

/// What is told otherwise of a version than of its machine.
fn tell_version(version: &Version, answer: &mut Map<String, Value>) {
    answer.insert("stateMachineArn".into(), (*version.arn).into());
    answer.insert("creationDate".into(), seconds(version.created_at));
    if let Some(description) = &version.description {
        answer.insert("description".into(), (**description).into());
    }
}

/// What is told of a machine wherever one is described.
pub(super) fn told(machine: &Machine, includes_data: bool) -> Map<String, Value> {
    let mut answer = Map::new();
    answer.insert("stateMachineArn".into(), (*machine.arn).into());
    answer.insert("name".into(), (*machine.name).into());
    if includes_data {
        answer.insert("definition".into(), (*machine.text).into());
        let references = variable_references(&machine.definition);
        if !references.is_empty() {
            answer.insert("variableReferences".into(), json!(references));
        }
    }
    answer.insert("roleArn".into(), (*machine.role_arn).into());
    settings::show(machine, &mut answer);
    if let Some(revision_id) = &machine.revision_id {
        answer.insert("revisionId".into(), (**revision_id).into());
    }
    answer
}
