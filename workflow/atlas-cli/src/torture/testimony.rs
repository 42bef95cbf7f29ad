//! What a server tells of its executions, all of it, page by page.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{api::Api, shape::Shape};

const PAGE: u32 = 100;
const HISTORY_PAGE: u32 = 1_000;

/// What a server tells of all its executions.
#[derive(Debug, Default)]
pub(super) struct Testimony {
    /// The ARNs of all listings, one after the other.
    pub(super) listed: Vec<String>,
    /// Each of them by its ARN.
    pub(super) told: BTreeMap<String, Told>,
}

/// What is told of an execution.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) status: String,
    pub(super) input: Value,
    pub(super) output: Option<Value>,
    pub(super) history: Vec<Event>,
}

/// One event of a history.
#[derive(Debug, Clone, Default)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) previous: u64,
    pub(super) timestamp: f64,
    pub(super) kind: String,
    /// What the event tells beside that.
    pub(super) details: Value,
}

/// How many executions still run.
pub(super) async fn still_running(api: &mut Api) -> Vec<String> {
    let mut running = Vec::new();
    for shape in Shape::ALL {
        let request = json!({"stateMachineArn": shape.machine_arn(), "statusFilter": "RUNNING"});
        let answer = api.ask("ListExecutions", &request).await;
        let executions = answer.body["executions"].as_array().cloned().unwrap_or_default();
        running.extend(
            executions.iter().filter_map(|it| Some(it["executionArn"].as_str()?.to_owned())),
        );
    }
    running
}

impl Testimony {
    /// Asks for everything.
    pub(super) async fn hear(api: &mut Api) -> Result<Self, String> {
        let mut testimony = Self::default();
        for shape in Shape::ALL {
            let request = json!({"stateMachineArn": shape.machine_arn(), "maxResults": PAGE});
            for execution in pages(api, "ListExecutions", "executions", request).await? {
                let arn = execution["executionArn"].as_str().unwrap_or_default().to_owned();
                let told = Told::of(api, &arn).await?;
                testimony.told.insert(arn.clone(), told);
                testimony.listed.push(arn);
            }
        }
        Ok(testimony)
    }
}

impl Told {
    async fn of(api: &mut Api, arn: &str) -> Result<Self, String> {
        let request = json!({"executionArn": arn});
        let answer = api.ask("DescribeExecution", &request).await;
        if let Some(error) = answer.error {
            return Err(format!("DescribeExecution of {arn}, which is listed: {error}"));
        }
        let told = answer.body;
        let document = |field: &str| serde_json::from_str(told[field].as_str()?).ok();
        let request = json!({"executionArn": arn, "maxResults": HISTORY_PAGE});
        let events = pages(api, "GetExecutionHistory", "events", request).await?;
        Ok(Self {
            status: told["status"].as_str().unwrap_or_default().to_owned(),
            input: document("input").unwrap_or_default(),
            output: document("output"),
            history: events.into_iter().map(Event::from).collect(),
        })
    }
}

impl From<Value> for Event {
    fn from(told: Value) -> Self {
        Self {
            id: told["id"].as_u64().unwrap_or_default(),
            previous: told["previousEventId"].as_u64().unwrap_or(u64::MAX),
            timestamp: told["timestamp"].as_f64().unwrap_or_default(),
            kind: told["type"].as_str().unwrap_or_default().to_owned(),
            details: told,
        }
    }
}

async fn pages(
    api: &mut Api,
    operation: &str,
    field: &str,
    mut request: Value,
) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    loop {
        let mut answer = api.ask(operation, &request).await;
        if let Some(error) = answer.error {
            return Err(format!("{operation} of {request}: {error}"));
        }
        if let Some(page) = answer.body[field].as_array_mut() {
            all.append(page);
        }
        match answer.body["nextToken"].take() {
            Value::Null => return Ok(all),
            token => request["nextToken"] = token,
        }
    }
}
