//! The Step Functions API as a workload uses it; every answer is judged.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use atlas_asl::model::ExecutionType;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{
    verdict::{Event, History, Wrong, judge_output, shown},
    workload::{Machine, Way},
};
use crate::connection::Connection;

/// An execution that has not ended by then will not.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait before the second question whether an execution has ended, and at most before any.
const PAUSES: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(8)];
/// The largest page of a history.
const PAGE: usize = 1_000;

/// Somebody who starts executions, on a connection of their own.
#[derive(Debug)]
pub(super) struct Client {
    connection: Connection,
    host: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    state_machine_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Started {
    execution_arn: String,
}

/// What is told of an execution: by `DescribeExecution`, and by `StartSyncExecution` once it has ended.
#[derive(Deserialize)]
struct Told {
    status: String,
    output: Option<String>,
    error: Option<String>,
    cause: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    #[serde(borrow)]
    events: Vec<Event<'a>>,
    next_token: Option<String>,
}

impl Client {
    pub(super) fn of(address: SocketAddr) -> Self {
        Self { connection: Connection::to(address), host: address.to_string() }
    }

    /// Asks for something that any server can answer.
    pub(super) async fn greet(&mut self) -> Result<(), Wrong> {
        self.ask("ListStateMachines", "{}").await.map(drop)
    }

    /// Creates a machine and answers with its ARN.
    pub(super) async fn create(&mut self, machine: &Machine) -> Result<String, Wrong> {
        let request = json!({
            "name": machine.name,
            "definition": machine.definition,
            "type": match machine.execution_type {
                ExecutionType::Standard => "STANDARD",
                ExecutionType::Express => "EXPRESS",
            },
            "roleArn": "arn:aws:iam::000000000000:role/bench",
        });
        let created: Created = self.read("CreateStateMachine", &request.to_string()).await?;
        Ok(created.state_machine_arn)
    }

    /// Lets one execution of a machine run, and answers with how long it took from its start to the answer
    /// that told of its end.
    pub(super) async fn run(
        &mut self,
        way: Way,
        machine: &Machine,
        arn: &str,
        key: &str,
    ) -> Result<Duration, Wrong> {
        let input = machine.input(key);
        let request = format!(r#"{{"stateMachineArn":"{arn}","name":"{key}","input":{input}}}"#);
        let ran = async {
            match way {
                Way::Polled => self.run_polled(machine, key, &request).await,
                Way::Sync => self.run_sync(machine, key, &request).await,
            }
        };
        timeout(PATIENCE, ran).await.unwrap_or(Err(Wrong::Unending(PATIENCE.as_secs())))
    }

    async fn run_sync(
        &mut self,
        machine: &Machine,
        key: &str,
        request: &str,
    ) -> Result<Duration, Wrong> {
        let began = Instant::now();
        let told: Told = self.read("StartSyncExecution", request).await?;
        let took = began.elapsed();
        judge_end(machine, key, told)?;
        Ok(took)
    }

    async fn run_polled(
        &mut self,
        machine: &Machine,
        key: &str,
        request: &str,
    ) -> Result<Duration, Wrong> {
        let began = Instant::now();
        let Started { execution_arn } = self.read("StartExecution", request).await?;
        let asked = format!(r#"{{"executionArn":"{execution_arn}"}}"#);
        let mut pause = PAUSES[0];
        let told = loop {
            let told: Told = self.read("DescribeExecution", &asked).await?;
            if told.status != "RUNNING" {
                break told;
            }
            sleep(pause).await;
            pause = PAUSES[1].min(pause * 2);
        };
        let took = began.elapsed();
        judge_end(machine, key, told)?;
        self.judge_history(machine, &execution_arn).await?;
        Ok(took)
    }

    async fn judge_history(&mut self, machine: &Machine, execution: &str) -> Result<(), Wrong> {
        let operation = "GetExecutionHistory";
        let mut history = History::expected_of(machine);
        let mut request = format!(r#"{{"executionArn":"{execution}","maxResults":{PAGE}}}"#);
        loop {
            let page: Page<'_> = parsed(operation, self.ask(operation, &request).await?)?;
            history.page(&page.events)?;
            let Some(token) = page.next_token else { return history.finish() };
            let token = Value::String(token);
            request = format!(
                r#"{{"executionArn":"{execution}","maxResults":{PAGE},"nextToken":{token}}}"#
            );
        }
    }

    async fn read<T: DeserializeOwned>(
        &mut self,
        operation: &'static str,
        request: &str,
    ) -> Result<T, Wrong> {
        parsed(operation, self.ask(operation, request).await?)
    }

    async fn ask(&mut self, operation: &'static str, request: &str) -> Result<&str, Wrong> {
        let answer = self.connection.call(operation, request).await;
        let answer = answer.map_err(|error| Wrong::NoAnswer(format!("{}: {error}", self.host)))?;
        if answer.status == 200 {
            return Ok(answer.body);
        }
        Err(Wrong::Refused { operation, status: answer.status, said: shown(answer.body) })
    }
}

fn parsed<'a, T: Deserialize<'a>>(operation: &'static str, answer: &'a str) -> Result<T, Wrong> {
    serde_json::from_str(answer)
        .map_err(|error| Wrong::Unreadable { operation, what: error.to_string() })
}

fn judge_end(machine: &Machine, key: &str, told: Told) -> Result<(), Wrong> {
    let Told { status, output, error, cause } = told;
    if status != "SUCCEEDED" {
        let said = [error, cause].into_iter().flatten().map(|text| format!(": {}", shown(&text)));
        return Err(Wrong::Ended { status, said: said.collect() });
    }
    judge_output(machine, key, &output.unwrap_or_default())
}
