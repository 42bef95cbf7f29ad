//! The file of an execution: what `DescribeExecution` and `GetExecutionHistory` tell of it, for people and
//! for other programs, and behind that the part that brings it back.

use atlas_core::{
    Execution, Failure, Outcome, Timestamp,
    history::{HistoryEvent, Told},
};
use atlas_engine::{Place, archive::KeptExecution};
use redb::ReadTransaction;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::VERSION;
use crate::{
    contents::ReadError,
    record, stage,
    tables::{EXECUTIONS, NAMES, ROWS_FORMAT, TOKENS},
};

/// What `format` says in the file of an execution.
pub const EXECUTION_FORMAT: &str = "atlas-execution";

/// From which an execution is brought back, and nothing else is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct JournalPart {
    /// The format of the rows of the folder that it comes from.
    pub(crate) folder_format: u64,
    pub(crate) header: Value,
    pub(crate) machine: Value,
    pub(crate) stage: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rest: Option<KeptRest>,
    pub(crate) task_tokens: Vec<KeptToken>,
    pub(crate) map_runs: Vec<String>,
    pub(crate) facts: Vec<Value>,
}

/// That it waits, and is not in memory.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KeptRest {
    pub(crate) until: Option<i64>,
    /// Who waits for it, and what of it waits for workers.
    pub(crate) waiters: Value,
}

/// A token, and the task that it ends.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptToken {
    pub(crate) task: u32,
    pub(crate) token: String,
}

/// The whole file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExecutionFile<'a> {
    format: &'static str,
    version: u64,
    execution_arn: &'a str,
    name: &'a str,
    state_machine_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_version_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_machine_alias_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    map_run_arn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_by: Option<StartedBy<'a>>,
    role_arn: &'a str,
    region: &'a str,
    account: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    status: &'static str,
    start_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redrive_dates: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'a str>,
    business_keys: Vec<String>,
    definition: Value,
    history: Vec<ToldEvent<'a>>,
    journal: &'a JournalPart,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StartedBy<'a> {
    execution_arn: &'a str,
    task: u32,
}

/// An event as the API tells it, and its time for people.
#[derive(Serialize)]
struct ToldEvent<'a> {
    time: String,
    #[serde(flatten)]
    event: Told<'a, f64>,
}

/// What the file of an execution is made of.
pub(super) struct Parts<'a> {
    pub(super) place: &'a Place,
    pub(super) kept: &'a KeptExecution,
    pub(super) business_keys: Vec<String>,
    pub(super) execution: &'a Execution,
    pub(super) journal: &'a JournalPart,
}

impl<'a> ExecutionFile<'a> {
    pub(super) fn of(parts: Parts<'a>) -> Self {
        let Parts { place, kept, business_keys, execution, journal } = parts;
        let identity = &*kept.identity;
        let output = match execution.outcome() {
            Some(Outcome::Succeeded { output }) => Some(output.text()),
            Some(Outcome::Failed(_) | Outcome::TimedOut(_) | Outcome::Aborted(_)) | None => None,
        };
        let failure = match execution.outcome() {
            Some(
                Outcome::Failed(failure) | Outcome::TimedOut(failure) | Outcome::Aborted(failure),
            ) => Some(failure),
            Some(Outcome::Succeeded { .. }) | None => None,
        };
        let (error, cause) = failure
            .map_or((None, None), |Failure { error, cause }| (error.as_deref(), cause.as_deref()));
        let definition = kept.machine.definition();
        Self {
            format: EXECUTION_FORMAT,
            version: VERSION,
            execution_arn: &identity.execution_arn,
            name: &identity.execution_name,
            state_machine_arn: &identity.state_machine_arn,
            state_machine_version_arn: identity.version_arn.as_deref(),
            state_machine_alias_arn: identity.alias_arn.as_deref(),
            map_run_arn: identity.map_run_arn.as_deref(),
            started_by: kept
                .started_by
                .as_ref()
                .map(|by| StartedBy { execution_arn: &by.execution_arn, task: by.task.0 }),
            role_arn: &identity.role_arn,
            region: &place.region,
            account: &place.account,
            kind: identity.execution_type.as_str(),
            status: kept.stage.status.as_str(),
            start_date: execution.started_at().map_or_else(String::new, |at| at.to_string()),
            stop_date: execution.ended_at().map(|at| at.to_string()),
            redrive_dates: execution.redrives().iter().map(Timestamp::to_string).collect(),
            input: execution.input().map(|input| input.text()),
            output,
            error,
            cause,
            business_keys,
            // A definition that runs is JSON.
            definition: serde_json::from_str(definition).unwrap_or_else(|_| definition.into()),
            history: execution.history().iter().map(told).collect(),
            journal,
        }
    }
}

fn told(event: &HistoryEvent) -> ToldEvent<'_> {
    // Seconds, to the millisecond, as the API has them.
    let seconds = event.timestamp.as_millis() as f64 / 1000.0;
    ToldEvent { time: event.timestamp.to_string(), event: event.told(seconds, true) }
}

impl JournalPart {
    /// What a folder holds of an execution.
    pub(crate) fn of(
        transaction: &ReadTransaction,
        kept: &KeptExecution,
    ) -> Result<Self, ReadError> {
        let number = kept.number;
        let headers = transaction.open_table(EXECUTIONS)?;
        let header = headers.get(number)?.ok_or(ReadError::Missing { number })?;
        let header = serde_json::from_str(header.value())
            .map_err(|source| ReadError::Header { number, source })?;
        let tokens = transaction.open_table(TOKENS)?;
        let (mut task_tokens, mut map_runs) = (Vec::new(), Vec::new());
        for entry in transaction.open_table(NAMES)?.range((number, "")..(number + 1, ""))? {
            let (key, _) = entry?;
            let name = key.value().1.to_owned();
            match tokens.get(&*name)? {
                Some(task) => task_tokens.push(KeptToken { task: task.value().1, token: name }),
                None => map_runs.push(name),
            }
        }
        let rest = kept.rest.as_ref().map(|rest| KeptRest {
            until: rest.until.map(Timestamp::as_millis),
            waiters: match &*stage::write_waiters(rest) {
                "" => Value::Object(Map::new()),
                waiters => value(waiters),
            },
        });
        Ok(Self {
            folder_format: ROWS_FORMAT,
            header,
            machine: serde_json::to_value(&*kept.machine).expect("it has text keys only"),
            stage: value(&stage::write(&kept.stage)),
            rest,
            task_tokens,
            map_runs,
            facts: kept.events.iter().map(|event| value(&record::line(event))).collect(),
        })
    }
}

fn value(json: &str) -> Value {
    serde_json::from_str(json).expect("it has just been written")
}
