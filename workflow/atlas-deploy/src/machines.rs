//! The machines: published as versions that name exact versions of their functions.
//!
//! An execution keeps the definition and the role that it began with. What a definition names it looks up anew at
//! each step, so an alias would move under an execution that waits for a call: the functions and the machine that a
//! published version names are versions, and SAM keeps those (`DeletionPolicy: Retain`). What is new is tried by
//! shifting the alias of the machine that leads start, and everything that this one starts comes with it.

use atlas_asl::model::ExecutionType;
use definitions::{Definition, SUBSTITUTIONS, call, lead_to_call, machines, resources::FUNCTIONS};
use serde_json::{Map, Value, json};

use crate::{
    alarms,
    arn::{name, of_stack},
    roles::role_name,
    template::Resources,
};

/// The alias of every function and machine.
pub(crate) const ALIAS: &str = "live";

pub(crate) fn add(resources: &mut Resources) {
    for definition in machines() {
        resources.insert(definition.name.to_owned(), machine(&definition));
        resources.insert(log_group_name(definition.name), log_group(definition.name));
    }
}

/// The alias that SAM makes of the machine that leads start.
pub(crate) fn lead_machine_alias() -> Value {
    json!({ "Ref": format!("{}Alias{ALIAS}", lead_to_call::NAME) })
}

fn machine(definition: &Definition) -> Value {
    let kind = match definition.execution_type {
        ExecutionType::Express => "EXPRESS",
        ExecutionType::Standard => "STANDARD",
    };
    json!({
        "Type": "AWS::Serverless::StateMachine",
        "Properties": {
            "Name": name(definition.name),
            "Type": kind,
            "DefinitionUri": format!("{}.asl.json", definition.name),
            "DefinitionSubstitutions": substitutions(definition),
            "Role": { "Fn::GetAtt": [role_name(definition.name), "Arn"] },
            "Logging": {
                "Level": "ALL",
                "IncludeExecutionData": { "Ref": "LogExecutionData" },
                "Destinations": [{
                    "CloudWatchLogsLogGroup": {
                        "LogGroupArn": { "Fn::GetAtt": [log_group_name(definition.name), "Arn"] },
                    },
                }],
            },
            "Tracing": { "Enabled": true },
            "AutoPublishAlias": ALIAS,
            "DeploymentPreference": deployment(definition.name),
        },
    })
}

/// Leads meet a new version gradually. They bring their calls along by version, so nobody goes by the other alias but
/// an operator.
fn deployment(machine: &str) -> Value {
    if machine != lead_to_call::NAME {
        return json!({ "Type": "ALL_AT_ONCE" });
    }
    let gradual = |value: u32| json!({ "Fn::If": ["Gradual", value, { "Ref": "AWS::NoValue" }] });
    json!({
        "Type": { "Fn::If": ["Gradual", "CANARY", "ALL_AT_ONCE"] },
        "Percentage": gradual(10),
        "Interval": gradual(10),
        "Alarms": alarms::of_machines(),
    })
}

/// Only what this definition names: CloudFormation refuses others.
fn substitutions(definition: &Definition) -> Value {
    let text = atlas_asl::render::render(&definition.machine);
    let used = SUBSTITUTIONS.iter().filter(|one| text.contains(&format!("${{{}}}", one.name)));
    Value::Object(
        used.map(|one| (one.name.to_owned(), substituted(one.name))).collect::<Map<_, _>>(),
    )
}

/// What a deployment puts in for a `${…}` of the rendered files.
fn substituted(substitution: &str) -> Value {
    if let Some(named) = substitution.strip_suffix("Arn") {
        if FUNCTIONS.iter().any(|function| function.name == named) {
            return json!({ "Ref": format!("{named}.Version") });
        }
        if named == call::NAME {
            return json!({ "Ref": format!("{named}Version") });
        }
    }
    match substitution {
        "CallsTableName" => json!({ "Ref": "Calls" }),
        "CallerId" => json!({ "Ref": "ConnectSourcePhoneNumber" }),
        "ParkedRecordDays" => json!({ "Ref": "RecordDays" }),
        other => unreachable!("no deployment says what `{other}` is"),
    }
}

pub(crate) fn log_group_name(machine: &str) -> String {
    format!("{machine}LogGroup")
}

/// Its name in this account. Groups of this prefix share one entry of the resource policy, whose length is limited.
pub(crate) fn log_group_path(machine: &str) -> String {
    format!("/aws/vendedlogs/states/{}", of_stack(machine))
}

fn log_group(machine: &str) -> Value {
    json!({
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": { "Fn::Sub": log_group_path(machine) },
            "RetentionInDays": { "Ref": "LogRetentionDays" },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_machine_names_versions_only() {
        for definition in machines() {
            let substitutions = substitutions(&definition);
            for (name, value) in substitutions.as_object().unwrap() {
                if name.ends_with("Arn") {
                    let named = value["Ref"].as_str().unwrap();
                    assert!(named.ends_with("Version"), "{name}: {named}");
                }
            }
        }
    }

    #[test]
    fn every_substitution_is_known() {
        for one in SUBSTITUTIONS {
            assert!(substituted(one.name).is_object(), "{}", one.name);
        }
    }
}
