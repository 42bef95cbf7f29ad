//! Lists of executions, a page at a time, and how many there are.

use std::collections::{BTreeMap, HashMap};

use atlas_asl::model::ExecutionType;
use atlas_core::Timestamp;
use atlas_engine::archive::{
    Listed, Listing, NamePart, Of, Order, Status, StatusCounts, Statuses, Summary,
};
use axum::Json;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{asked::Asked, fault::Fault, fields::Fields};
use crate::app::Account;

const DEFAULT_LIMIT: usize = 100;
const MOST_LIMIT: usize = 1_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    executions: Vec<Row<'a>>,
    next: Option<u64>,
}

/// One execution of a list. Moments are milliseconds since the epoch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    execution_arn: &'a str,
    name: &'a str,
    state_machine_arn: &'a str,
    r#type: &'static str,
    status: &'static str,
    started_at: i64,
    ended_at: Option<i64>,
    redrive_count: usize,
    parent_arn: Option<&'a str>,
    map_run_arn: Option<&'a str>,
    number: u64,
}

impl<'a> Row<'a> {
    fn of(summary: &'a Summary) -> Self {
        let Summary { number, identity, started_by, stage, .. } = summary;
        Self {
            execution_arn: &identity.execution_arn,
            name: &identity.execution_name,
            state_machine_arn: &identity.state_machine_arn,
            r#type: identity.execution_type.as_str(),
            status: stage.status.as_str(),
            started_at: stage.started_at.as_millis(),
            ended_at: stage.ended_at.map(Timestamp::as_millis),
            redrive_count: stage.redrives.len(),
            parent_arn: started_by.as_deref(),
            map_run_arn: identity.map_run_arn.as_deref(),
            number: *number,
        }
    }
}

/// `GET /console/api/executions`
pub(super) async fn list(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(|asked| page(asked, asked.text("key"))).await.map(Json)
}

/// `POST /console/api/find {key}`: a phone number never stands in an address.
pub(super) async fn find(asked: Asked, Fields(fields): Fields) -> Result<Json<Value>, Fault> {
    let key = fields.get("key").and_then(Value::as_str).map(str::trim).unwrap_or_default();
    if key.is_empty() {
        return Err(Fault::invalid("`key` is missing: a lead, an attempt, a contact or a number"));
    }
    let key = key.to_owned();
    asked.apart(move |asked| page(asked, Some(&key))).await.map(Json)
}

fn page(asked: &Asked, key: Option<&str>) -> Result<Value, Fault> {
    let machine = asked.text("machine");
    let parent = asked.text("parent");
    let of = match (key, parent, machine) {
        (Some(key), ..) => Of::Key(key),
        (None, Some(parent), _) => Of::StartedBy(parent),
        (None, None, Some(arn)) => Of::Arn(arn),
        (None, None, None) => Of::Place,
    };
    let account = match of {
        Of::Arn(arn) | Of::StartedBy(arn) => asked.account_of(arn)?,
        Of::Key(_) | Of::Place => asked.account()?,
    };
    let statuses = asked.words("status", &Status::ALL.map(|status| (status.as_str(), status)))?;
    let orders = [("newest", Order::NewestFirst), ("oldest", Order::OldestFirst)];
    let moment = |name| asked.number(name, 0..=i64::MAX);
    let listing = Listing {
        statuses: if statuses.is_empty() { Statuses::ALL } else { statuses.into_iter().collect() },
        name: asked.text("name").map(NamePart::Anywhere),
        began_from: moment("since")?.map(Timestamp::from_millis),
        began_before: moment("until")?.map(Timestamp::from_millis),
        order: asked.word("order", &orders)?.unwrap_or_default(),
        after: asked.number("before", 0..=u64::MAX)?,
        ..Listing::of(of, asked.number("limit", 1..=MOST_LIMIT)?.unwrap_or(DEFAULT_LIMIT))
    };
    let Listed { mut executions, next } = account.engine().list(&listing)?;
    if let (Of::Key(_) | Of::StartedBy(_), Some(machine)) = (of, machine) {
        executions.retain(|summary| *summary.identity.state_machine_arn == *machine);
    }
    let page = Page { executions: executions.iter().map(Row::of).collect(), next };
    Ok(serde_json::to_value(page).expect("names are texts"))
}

/// `GET /console/api/counts`
pub(super) async fn counts(asked: Asked) -> Result<Json<Value>, Fault> {
    asked.apart(|asked| counted(&*asked.account()?)).await.map(Json)
}

/// How many executions each machine has, by status; also of machines that are deleted.
pub(super) fn counted(account: &Account) -> Result<Value, Fault> {
    let counts = account.engine().counts()?;
    let machines = account.engine().state_machines();
    let types: HashMap<&str, ExecutionType> =
        machines.iter().map(|machine| (&*machine.arn, machine.execution_type)).collect();
    let mut by_machine: BTreeMap<&str, StatusCounts> =
        types.keys().map(|arn| (*arn, StatusCounts::default())).collect();
    by_machine.extend(counts.machines.iter().map(|(arn, counts)| (&**arn, *counts)));
    let machines: Vec<Value> = by_machine
        .into_iter()
        .map(|(arn, counts)| {
            json!({
                "stateMachineArn": arn,
                "name": arn.rsplit(':').next(),
                "type": types.get(arn).map(|it| it.as_str()),
                "counts": by_status(counts),
            })
        })
        .collect();
    Ok(json!({ "machines": machines, "total": by_status(counts.total()) }))
}

fn by_status(counts: StatusCounts) -> Map<String, Value> {
    counts.iter().map(|(status, count)| (status.as_str().to_owned(), count.into())).collect()
}
