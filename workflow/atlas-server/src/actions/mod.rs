//! The operations of the service, a file each: read the request, one call, write the answer.

mod create_state_machine;
mod delete_state_machine;
mod describe_state_machine;
mod describe_state_machine_for_execution;
mod list_state_machines;
mod update_state_machine;
mod validate_state_machine_definition;

mod delete_state_machine_version;
mod list_state_machine_versions;
mod publish_state_machine_version;

mod create_state_machine_alias;
mod delete_state_machine_alias;
mod describe_state_machine_alias;
mod list_state_machine_aliases;
mod update_state_machine_alias;

mod describe_execution;
mod describe_map_run;
mod list_map_runs;
mod update_map_run;

mod get_execution_history;
mod list_executions;
mod redrive_execution;
mod start_execution;
mod start_sync_execution;
mod stop_execution;
mod test_state;

mod send_task_failure;
mod send_task_heartbeat;
mod send_task_success;

mod create_activity;
mod delete_activity;
mod describe_activity;
mod get_activity_task;
mod list_activities;

mod list_tags_for_resource;
mod tag_resource;
mod untag_resource;

pub(crate) use create_state_machine::checked;

use atlas_core::Timestamp;
use serde_json::{Map, Value, json};

use crate::{api_error::ApiError, app::Caller, request::Fields};

/// What an action answers.
type Answer = Result<Value, ApiError>;

/// What an operation answers: a tree, or the text of one that would be large.
pub(crate) enum Reply {
    Tree(Value),
    Text(Vec<u8>),
}

impl Reply {
    pub(crate) fn into_text(self) -> Vec<u8> {
        match self {
            Self::Tree(tree) => tree.to_string().into_bytes(),
            Self::Text(text) => text,
        }
    }

    pub(crate) fn into_tree(self) -> Value {
        match self {
            Self::Tree(tree) => tree,
            Self::Text(text) => serde_json::from_slice(&text).expect("it was written from JSON"),
        }
    }
}

/// Performs one operation. What it changed, or saw, outlives the process before it is answered, where
/// anything does; a refusal waits as well, for it tells of what was there, perhaps only since a moment ago:
/// whoever sends again what nobody answered takes it for done then.
pub(crate) async fn perform(
    caller: &Caller,
    operation: &str,
    request: &Map<String, Value>,
) -> Result<Reply, ApiError> {
    let reply = reply(caller, operation, request).await;
    let only_reads = ["Describe", "List", "GetExecutionHistory", "Validate", "TestState"]
        .iter()
        .any(|prefix| operation.starts_with(prefix));
    let settled = caller.engine().settled().await;
    // What a disk that fails does not let happen can be looked at all the same.
    if !only_reads {
        settled?;
    }
    reply
}

async fn reply(
    caller: &Caller,
    operation: &str,
    request: &Map<String, Value>,
) -> Result<Reply, ApiError> {
    let fields = Fields::new(request);
    let answer = match operation {
        "CreateStateMachine" => create_state_machine::handle(caller, fields),
        "DeleteStateMachine" => delete_state_machine::handle(caller, fields),
        "DescribeStateMachine" => describe_state_machine::handle(caller, fields),
        "DescribeStateMachineForExecution" => {
            describe_state_machine_for_execution::handle(caller, fields)
        }
        "ListStateMachines" => list_state_machines::handle(caller, fields),
        "UpdateStateMachine" => update_state_machine::handle(caller, fields),
        "ValidateStateMachineDefinition" => validate_state_machine_definition::handle(fields),
        "DeleteStateMachineVersion" => delete_state_machine_version::handle(caller, fields),
        "ListStateMachineVersions" => list_state_machine_versions::handle(caller, fields),
        "PublishStateMachineVersion" => publish_state_machine_version::handle(caller, fields),
        "CreateStateMachineAlias" => create_state_machine_alias::handle(caller, fields),
        "DeleteStateMachineAlias" => delete_state_machine_alias::handle(caller, fields),
        "DescribeStateMachineAlias" => describe_state_machine_alias::handle(caller, fields),
        "ListStateMachineAliases" => list_state_machine_aliases::handle(caller, fields),
        "UpdateStateMachineAlias" => update_state_machine_alias::handle(caller, fields),
        "DescribeExecution" => describe_execution::handle(caller, fields),
        "DescribeMapRun" => describe_map_run::handle(caller, fields),
        "ListMapRuns" => list_map_runs::handle(caller, fields),
        "UpdateMapRun" => update_map_run::handle(caller, fields),
        "RedriveExecution" => redrive_execution::handle(caller, fields),
        "GetExecutionHistory" => return get_execution_history::handle(caller, fields),
        "ListExecutions" => list_executions::handle(caller, fields),
        "StartExecution" => start_execution::handle(caller, fields),
        "StartSyncExecution" => start_sync_execution::handle(caller, fields).await,
        "TestState" => test_state::handle(caller, fields).await,
        "StopExecution" => stop_execution::handle(caller, fields),
        "SendTaskFailure" => send_task_failure::handle(caller, fields),
        "SendTaskHeartbeat" => send_task_heartbeat::handle(caller, fields),
        "SendTaskSuccess" => send_task_success::handle(caller, fields),
        "CreateActivity" => create_activity::handle(caller, fields),
        "DeleteActivity" => delete_activity::handle(caller, fields),
        "DescribeActivity" => describe_activity::handle(caller, fields),
        "GetActivityTask" => get_activity_task::handle(caller, fields).await,
        "ListActivities" => list_activities::handle(caller, fields),
        "ListTagsForResource" => list_tags_for_resource::handle(caller, fields),
        "TagResource" => tag_resource::handle(caller, fields),
        "UntagResource" => untag_resource::handle(caller, fields),
        unknown => Err(ApiError::unknown_operation(Some(unknown))),
    };
    answer.map(Reply::Tree)
}

/// Seconds since the epoch, to the millisecond.
fn in_seconds(moment: Timestamp) -> f64 {
    moment.as_millis() as f64 / 1000.0
}

fn seconds(moment: Timestamp) -> Value {
    json!(in_seconds(moment))
}

/// Tells of the version and the alias that an execution was started with.
fn tell_version(
    version_arn: Option<&str>,
    alias_arn: Option<&str>,
    answer: &mut Map<String, Value>,
) {
    for (field, arn) in
        [("stateMachineVersionArn", version_arn), ("stateMachineAliasArn", alias_arn)]
    {
        if let Some(arn) = arn {
            answer.insert(field.into(), arn.into());
        }
    }
}

/// Tells how often an execution was redriven, and when last.
fn tell_redrives(redrives: &[Timestamp], answer: &mut Map<String, Value>) {
    answer.insert("redriveCount".into(), redrives.len().into());
    if let Some(last) = redrives.last() {
        answer.insert("redriveDate".into(), seconds(*last));
    }
}

/// Operations that answer nothing answer with an empty object.
fn nothing() -> Value {
    Value::Object(Map::new())
}

/// Whether `includedData` asks for data as well.
fn includes_data(fields: &mut Fields<'_>) -> bool {
    fields.word("includedData", &["ALL_DATA", "METADATA_ONLY"]) != Some("METADATA_ONLY")
}
