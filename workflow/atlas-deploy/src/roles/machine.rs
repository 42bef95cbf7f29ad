//! The role of a machine, of what its states do.

use atlas_asl::model::{StateKind, StateMachine, Task};
use definitions::{
    Definition, call,
    resources::{CALLS, FUNCTIONS},
};
use serde_json::{Value, json};

use super::statement::{allow, allow_on_all};
use crate::arn::{arn, arn_text, machine, of_stack, table};

pub(super) fn role(definition: &Definition) -> Value {
    // With a version behind it or without.
    let own = arn("states", &format!("stateMachine:{}*", of_stack(definition.name)));
    let condition = json!({
        "StringEquals": { "aws:SourceAccount": { "Ref": "AWS::AccountId" } },
        "ArnLike": { "aws:SourceArn": own },
    });
    super::role("states.amazonaws.com", condition, statements(&definition.machine))
}

fn statements(machine: &StateMachine) -> Vec<Value> {
    let mut statements: Vec<Value> = Vec::new();
    for state in machine.states() {
        let StateKind::Task(task) = &state.state.kind else { continue };
        let statement = of_task(task);
        if !statements.contains(&statement) {
            statements.push(statement);
        }
    }
    // What a machine logs is delivered by CloudWatch Logs itself, whose actions take no resource.
    statements.push(allow_on_all(
        "The delivery of logs knows no resources to restrict these to.",
        &[
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
        ],
    ));
    statements.push(allow_on_all(
        "X-Ray knows no resources to restrict these to.",
        &[
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
        ],
    ));
    statements
}

/// What a task needs, by the integration that it names and by the `${…}` that says with what.
fn of_task(task: &Task) -> Value {
    let named = |field: &str| {
        let arguments = task.arguments.as_ref().or(task.parameters.as_ref());
        let text = arguments.and_then(|all| all.get(field)).and_then(Value::as_str);
        let text = text.and_then(|text| text.strip_prefix("${")?.strip_suffix('}'));
        text.unwrap_or_else(|| panic!("`{}` says its `{field}` by a substitution", task.resource))
    };
    let integration = task.resource.trim_start_matches("arn:aws:states:::");
    match integration.split('.').next() {
        Some("lambda:invoke") => {
            let function = named("FunctionName").trim_end_matches("Arn");
            let known = FUNCTIONS.iter().any(|one| one.name == function);
            assert!(known, "`{function}` is a function of the deployment");
            // Executions in flight name the versions that were there when they began.
            let versions = arn_text("lambda", &format!("function:{}:*", of_stack(function)));
            allow(&["lambda:InvokeFunction"], json!({ "Fn::Sub": versions }))
        }
        Some("states:startExecution") => {
            assert_eq!(named("StateMachineArn").trim_end_matches("Arn"), call::NAME);
            allow(&["states:StartExecution"], machine(call::NAME))
        }
        Some("dynamodb:putItem") => {
            assert_eq!(named("TableName"), "CallsTableName");
            allow(&["dynamodb:PutItem"], arn("dynamodb", &table(&CALLS)))
        }
        _ => unreachable!("no machine of ours uses `{}`", task.resource),
    }
}
