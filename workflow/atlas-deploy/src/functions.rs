//! The functions: binaries of our own on Amazon Linux, each with an alias, a log group and what starts it.

use definitions::resources::{FUNCTIONS, Function, INVOKE_OUTBOUND_CALL, StartedBy};
use serde_json::{Value, json};

use crate::{
    alarms,
    arn::{logical, name, of_stack},
    machines::ALIAS,
    roles::role_name,
    template::Resources,
    variables,
};

/// The parameter that says how many calls are placed at once.
const CALLS_AT_ONCE: &str = "CallsPlacedAtOnce";

/// What all functions have in common.
pub(crate) fn globals() -> Value {
    json!({
        "Function": {
            "Runtime": "provided.al2023",
            "Handler": "bootstrap",
            "Architectures": [{ "Ref": "Architecture" }],
            "Tracing": "Active",
            "AutoPublishAlias": ALIAS,
        },
    })
}

pub(crate) fn add(packages: &str, revision: Option<&str>, resources: &mut Resources) {
    for function in &FUNCTIONS {
        resources.insert(function.name.to_owned(), declared(function, packages, revision));
        resources.insert(log_group_name(function), log_group(function));
    }
    resources.insert("LexMayInvoke".to_owned(), lex_permission());
}

pub(crate) fn log_group_name(function: &Function) -> String {
    format!("{}LogGroup", function.name)
}

/// Its name in this account.
pub(crate) fn log_group_path(function: &Function) -> String {
    format!("/aws/lambda/{}", of_stack(function.name))
}

fn declared(function: &Function, packages: &str, revision: Option<&str>) -> Value {
    // Lambda makes no second version of the same code and configuration, so the revision is part of the latter.
    let description = match revision {
        Some(revision) => format!("{} Revision {revision}.", function.description),
        None => function.description.to_owned(),
    };
    let mut properties = json!({
        "FunctionName": name(function.name),
        "Description": description,
        // SAM names a version after the function's properties as the template has them, so that another one is
        // published where they differ. It sees that a parameter is referred to, never its value: that is what a
        // revision is for.
        "AutoPublishAliasAllProperties": true,
        "CodeUri": format!("{packages}/{}.zip", function.name),
        "Role": { "Fn::GetAtt": [role_name(function.name), "Arn"] },
        "MemorySize": function.memory_megabytes,
        "Timeout": function.timeout_seconds,
        "LoggingConfig": { "LogGroup": { "Ref": log_group_name(function) } },
        "Environment": { "Variables": variables::of(function) },
    });
    if let Some(reserved) = function.reserved_concurrency {
        // Who has a larger quota places more calls at once.
        let reserved = match *function == INVOKE_OUTBOUND_CALL {
            true => json!({ "Ref": CALLS_AT_ONCE }),
            false => reserved.into(),
        };
        properties["ReservedConcurrentExecutions"] =
            json!({ "Fn::If": ["Reserves", reserved, { "Ref": "AWS::NoValue" }] });
    }
    match function.started_by {
        // The machines name versions: they move with the machine's alias.
        StartedBy::Step(_) => {}
        StartedBy::Lex => {
            properties["ProvisionedConcurrencyConfig"] = json!({
                "Fn::If": [
                    "Provisions",
                    { "ProvisionedConcurrentExecutions": { "Ref": "ProvisionedConcurrency" } },
                    { "Ref": "AWS::NoValue" },
                ],
            });
            shift(function.name, &mut properties);
        }
        StartedBy::Queue { queue, batch, at_once } => {
            properties["Events"] = json!({
                "Messages": {
                    "Type": "SQS",
                    "Properties": {
                        "Queue": { "Fn::GetAtt": [logical(queue.name), "Arn"] },
                        "BatchSize": batch,
                        "FunctionResponseTypes": ["ReportBatchItemFailures"],
                        "ScalingConfig": { "MaximumConcurrency": at_once },
                    },
                },
            });
            shift(function.name, &mut properties);
        }
        StartedBy::Schedule { minutes } => {
            properties["Events"] = json!({
                "Clock": {
                    "Type": "Schedule",
                    "Properties": {
                        "Schedule": format!("rate({minutes} minutes)"),
                        "RetryPolicy": { "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60 * minutes },
                    },
                },
            });
            // The next one comes soon enough.
            properties["EventInvokeConfig"] =
                json!({ "MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60 * minutes });
            shift(function.name, &mut properties);
        }
    }
    json!({ "Type": "AWS::Serverless::Function", "Properties": properties })
}

/// Who comes by the alias meets a new version gradually.
fn shift(function: &str, properties: &mut Value) {
    properties["DeploymentPreference"] = json!({
        "Type": { "Fn::If": ["Gradual", "Canary10Percent10Minutes", "AllAtOnce"] },
        "Alarms": alarms::of_function(function),
    });
}

fn log_group(function: &Function) -> Value {
    json!({
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": { "Fn::Sub": log_group_path(function) },
            "RetentionInDays": { "Ref": "LogRetentionDays" },
        },
    })
}

fn lex_permission() -> Value {
    let bot = FUNCTIONS.iter().find(|function| function.started_by == StartedBy::Lex);
    let bot = bot.expect("a function answers the bot").name;
    json!({
        "Type": "AWS::Lambda::Permission",
        "Condition": "HasBot",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": { "Ref": format!("{bot}.Alias") },
            "Principal": "lexv2.amazonaws.com",
            "SourceAccount": { "Ref": "AWS::AccountId" },
            "SourceArn": { "Ref": "LexBotAliasArn" },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::parameters;

    #[test]
    fn as_many_calls_are_placed_at_once_as_is_declared_where_nobody_says_otherwise() {
        let default = &parameters()[CALLS_AT_ONCE]["Default"];
        assert_eq!(*default, json!(INVOKE_OUTBOUND_CALL.reserved_concurrency));
    }
}
