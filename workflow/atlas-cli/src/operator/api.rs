//! The calls of the Step Functions API that an operator makes, each with AWS's own JSON as its answer.

use aws_sdk_sfn::{Client, types::ExecutionStatus};
use serde_json::Value;

use super::{Answer, Refusal};

/// The most that AWS gives at once.
const PAGE: i32 = 1000;
/// What comes meanwhile is little.
const PAGE_OF_NEW: usize = 100;

/// The API. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    client: Client,
    /// It is under an address of its own, where no host has a name with AWS's prefix.
    is_elsewhere: bool,
}

/// Sends a call, and gives the answer as it came.
macro_rules! send {
    ($operation:literal, $call:expr) => {
        send!($operation, customized $call.customize())
    };
    ($operation:literal, customized $call:expr) => {{
        let answer = Answer::default();
        let sent = $call.interceptor(answer.clone()).send().await;
        sent.map_err(|error| Refusal::of($operation, &error)).map(|_| answer.take())
    }};
}

/// A part of a list, and what the next part is asked for with.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) next: Option<String>,
}

/// In which order events come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    OldestFirst,
    NewestFirst,
}

impl Api {
    pub(crate) fn new(client: Client, is_elsewhere: bool) -> Self {
        Self { client, is_elsewhere }
    }

    /// Every state machine, as `ListStateMachines` tells them.
    pub(crate) async fn state_machines(&self) -> Result<Vec<Value>, Refusal> {
        let mut machines = Vec::new();
        let mut next = None;
        loop {
            let call = self.client.list_state_machines().max_results(PAGE).set_next_token(next);
            let mut page = page(send!("ListStateMachines", call)?, "stateMachines");
            machines.append(&mut page.items);
            next = page.next;
            if next.is_none() {
                return Ok(machines);
            }
        }
    }

    /// Executions of a machine, the newest first.
    pub(crate) async fn executions(
        &self,
        machine_arn: &str,
        status: Option<&str>,
        at_most: usize,
        next: Option<String>,
    ) -> Result<Page, Refusal> {
        let call = self
            .client
            .list_executions()
            .state_machine_arn(machine_arn)
            .set_status_filter(status.map(ExecutionStatus::from))
            .max_results(i32::try_from(at_most).unwrap_or(PAGE).clamp(1, PAGE))
            .set_next_token(next);
        Ok(page(send!("ListExecutions", call)?, "executions"))
    }

    /// What an execution is and how it stands.
    pub(crate) async fn describe(&self, execution_arn: &str) -> Result<Value, Refusal> {
        send!("DescribeExecution", self.client.describe_execution().execution_arn(execution_arn))
    }

    /// Its machine as it was when it was started.
    pub(crate) async fn machine_of(&self, execution_arn: &str) -> Result<Value, Refusal> {
        let call = self.client.describe_state_machine_for_execution();
        send!("DescribeStateMachineForExecution", call.execution_arn(execution_arn))
    }

    /// A machine.
    pub(crate) async fn machine(&self, machine_arn: &str) -> Result<Value, Refusal> {
        let call = self.client.describe_state_machine().state_machine_arn(machine_arn);
        send!("DescribeStateMachine", call)
    }

    /// A part of an execution's events.
    pub(crate) async fn events(
        &self,
        execution_arn: &str,
        order: Order,
        at_most: usize,
        next: Option<String>,
    ) -> Result<Page, Refusal> {
        let call = self
            .client
            .get_execution_history()
            .execution_arn(execution_arn)
            .reverse_order(order == Order::NewestFirst)
            .include_execution_data(true)
            .max_results(i32::try_from(at_most).unwrap_or(PAGE).clamp(1, PAGE))
            .set_next_token(next);
        Ok(page(send!("GetExecutionHistory", call)?, "events"))
    }

    /// All events of an execution; `tell` hears how many there are so far.
    pub(crate) async fn history(
        &self,
        execution_arn: &str,
        mut tell: impl FnMut(usize),
    ) -> Result<Vec<Value>, Refusal> {
        let mut events = Vec::new();
        let mut next = None;
        loop {
            let mut page = self.events(execution_arn, Order::OldestFirst, usize::MAX, next).await?;
            events.append(&mut page.items);
            tell(events.len());
            next = page.next;
            if next.is_none() {
                return Ok(events);
            }
        }
    }

    /// The events behind one, the oldest first: read from the newest back, so that a long history is not read
    /// again for a few.
    pub(crate) async fn events_after(
        &self,
        execution_arn: &str,
        last: u64,
    ) -> Result<Vec<Value>, Refusal> {
        if last == 0 {
            return self.history(execution_arn, |_| {}).await;
        }
        let (mut events, mut next) = (Vec::new(), None);
        loop {
            let page = self.events(execution_arn, Order::NewestFirst, PAGE_OF_NEW, next).await?;
            let is_known = page.items.iter().any(|event| number(event) <= last);
            events.extend(page.items.into_iter().filter(|event| number(event) > last));
            next = page.next;
            if is_known || next.is_none() {
                events.reverse();
                return Ok(events);
            }
        }
    }

    pub(crate) async fn start(
        &self,
        machine_arn: &str,
        name: Option<&str>,
        input: &str,
    ) -> Result<Value, Refusal> {
        let call = self.client.start_execution().state_machine_arn(machine_arn).input(input);
        send!("StartExecution", call.set_name(name.map(str::to_owned)))
    }

    pub(crate) async fn stop(
        &self,
        execution_arn: &str,
        error: Option<&str>,
        cause: Option<&str>,
    ) -> Result<Value, Refusal> {
        let call = self.client.stop_execution().execution_arn(execution_arn);
        let call = call.set_error(error.map(str::to_owned)).set_cause(cause.map(str::to_owned));
        send!("StopExecution", call)
    }

    pub(crate) async fn redrive(&self, execution_arn: &str) -> Result<Value, Refusal> {
        send!("RedriveExecution", self.client.redrive_execution().execution_arn(execution_arn))
    }

    /// Performs one state, with the rights of a role.
    pub(crate) async fn try_state(
        &self,
        definition: &str,
        role_arn: Option<&str>,
        input: &str,
    ) -> Result<Value, Refusal> {
        let call = self.client.test_state().definition(definition).input(input);
        let mut call = call.set_role_arn(role_arn.map(str::to_owned)).customize();
        if self.is_elsewhere {
            call = call.mutate_request(|request| {
                let uri = request.uri().replacen("://sync-", "://", 1);
                request.set_uri(uri).expect("it is an address with and without the prefix");
            });
        }
        send!("TestState", customized call)
    }
}

fn page(mut answer: Value, items: &str) -> Page {
    let next = answer["nextToken"].as_str().map(str::to_owned);
    let items = match answer[items].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    };
    Page { items, next }
}

fn number(event: &Value) -> u64 {
    event["id"].as_u64().unwrap_or_default()
}

/// Whether it is the event that ends an execution; a redrive may follow.
pub(crate) fn is_end(event: &Value) -> bool {
    let ends = ["ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted"];
    event["type"].as_str().is_some_and(|name| ends.contains(&name))
}
