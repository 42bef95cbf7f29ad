//! What is told of an execution beside its history: the answer of `DescribeExecution` or
//! `StartSyncExecution`, or an entry of a list.

use serde_json::Value;

use crate::event::{document, moment};

/// What is told of an execution; all but its ARN may be unknown.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "fields carry AWS's names for AWS's things")]
pub struct Told {
    pub execution_arn: String,
    pub name: Option<String>,
    pub state_machine_arn: Option<String>,
    /// `RUNNING`, `SUCCEEDED`, …
    pub status: Option<String>,
    /// In milliseconds since the epoch.
    pub started_ms: Option<i64>,
    /// In milliseconds since the epoch.
    pub ended_ms: Option<i64>,
    pub input: Option<Value>,
    pub output: Option<Value>,
    pub error: Option<String>,
    pub cause: Option<String>,
    pub redrive_count: Option<u64>,
    pub redrive_status: Option<String>,
    pub redrive_status_reason: Option<String>,
    pub map_run_arn: Option<String>,
    /// The execution that started it, where that is known otherwise than from its input.
    pub parent_arn: Option<String>,
}

impl Told {
    /// Only the ARN is known.
    pub fn of_arn(execution_arn: impl Into<String>) -> Self {
        Self { execution_arn: execution_arn.into(), ..Self::default() }
    }

    /// Reads an answer of `DescribeExecution` or `StartSyncExecution`, or an entry of `ListExecutions`.
    pub fn of_api(value: &Value) -> Self {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            execution_arn: text("executionArn").unwrap_or_default(),
            name: text("name"),
            state_machine_arn: text("stateMachineArn"),
            status: text("status"),
            started_ms: value.get("startDate").and_then(moment),
            ended_ms: value.get("stopDate").and_then(moment),
            input: value.get("input").map(document),
            output: value.get("output").map(document),
            error: text("error"),
            cause: text("cause"),
            redrive_count: value.get("redriveCount").and_then(Value::as_u64),
            redrive_status: text("redriveStatus"),
            redrive_status_reason: text("redriveStatusReason"),
            map_run_arn: text("mapRunArn"),
            parent_arn: None,
        }
    }
}
